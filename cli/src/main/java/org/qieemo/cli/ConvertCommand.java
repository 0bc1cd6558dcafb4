package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.qieemo.FormatException;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionReport;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.converter.FrontEndChoice;
import org.qieemo.converter.WeightType;
import org.qieemo.converter.output.AtomicFile;

/** {@code qieemo convert}. */
final class ConvertCommand implements Command {
  private static final int MOST_SHOWN = 5;
  private static final Option OUTPUT =
      Option.text("--output", "M.gguf", "the model file to write; one that exists is replaced")
          .needed();
  private static final Option TYPE =
      Option.choice(
          "--type", "how matrices are stored; default: f32", "f32", "f16", "bf16", "q8_0");
  private static final Option CONFIG =
      new Option(
          "--config",
          "FILE",
          "use this encoder configuration (.yaml) or fusion (.json)",
          false,
          v -> v.matches("(?i).+\\.(yaml|yml|json)") ? null : "a .yaml, .yml or .json file");
  private static final Option FRONTEND =
      Option.choice(
          "--frontend",
          "how audio becomes features; default: auto",
          "auto",
          "kaldi_fbank",
          "log_mel");
  private static final Option VERBOSE =
      Option.flag("--verbose", "list every tensor that was used or ignored");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "convert",
        "Converts a checkpoint to a model file",
        "SOURCE --output M.gguf",
        1,
        1,
        List.of(OUTPUT, TYPE, CONFIG, FRONTEND, VERBOSE),
        List.of(
            "SOURCE is a folder (WeNet, ESPnet, NeMo, torchaudio), or a .nemo, .pt, .ckpt or",
            ".safetensors file, with its configuration and tokens beside it; qieemo.json there",
            "describes the fusion.",
            "Nothing in a checkpoint is executed, and nothing is downloaded."),
        List.of(
            "qieemo convert exp/my-model --output my-model.gguf --type q8_0",
            "qieemo convert encoder.nemo --output encoder.gguf --type f16 --verbose"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException {
    String source = arguments.operands().get(0);
    requireWritable(arguments.get(OUTPUT.name(), ""));
    ConversionReport report = convert(source, arguments);
    console.line("encoder family: " + report.family());
    console.line(
        "front end: "
            + report.config().frontEnd().kind().name().toLowerCase(Locale.ROOT)
            + ", "
            + report.frontEndReason());
    boolean all = arguments.has(VERBOSE.name());
    console.line("used: " + report.tensors().size() + " tensors, stored as " + types(report));
    if (all) {
      report.tensors().forEach(tensor -> console.line("  " + tensor));
    }
    list("stored in another type", report.fallbacks(), all, console);
    list("ignored", report.ignored(), all, console);
    console.line("missing: none");
    console.line("written: " + report.output() + ", " + Text.bytes(report.bytes()));
    ModelWords.abilities(report.config()).forEach(console::line);
    return OK;
  }

  private static void requireWritable(String output) throws FileFailure {
    try {
      AtomicFile.requireWritable(Path.of(output));
    } catch (IOException | RuntimeException e) {
      throw new FileFailure(output, e);
    }
  }

  private static ConversionReport convert(String source, Arguments arguments) throws FileFailure {
    String output = arguments.get(OUTPUT.name(), "");
    String config = arguments.get(CONFIG.name(), null);
    try {
      ConvertOptions options =
          new ConvertOptions(
              WeightType.valueOf(constant(arguments, TYPE, "f32")),
              config == null ? null : Path.of(config),
              FrontEndChoice.valueOf(constant(arguments, FRONTEND, "auto")));
      ConversionRequest request = new ConversionRequest(Path.of(source), Path.of(output), options);
      return Converter.convert(request, ConversionListener.SILENT);
    } catch (FormatException e) {
      throw new FileFailure(e.source(), e); // which of the files it is
    } catch (FileSystemException e) {
      throw new FileFailure(e.getFile() == null ? source : e.getFile(), e);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FileFailure(source, e);
    }
  }

  private static String constant(Arguments arguments, Option option, String absent) {
    return arguments.get(option.name(), absent).toUpperCase(Locale.ROOT);
  }

  private static String types(ConversionReport report) {
    Map<String, Long> counts =
        report.tensors().stream()
            .collect(
                Collectors.groupingBy(t -> t.type().name(), TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(e -> e.getKey() + " (" + e.getValue() + ")")
        .collect(Collectors.joining(", "));
  }

  private static void list(String title, List<String> items, boolean all, Console console) {
    if (items.isEmpty()) {
      console.line(title + ": none");
      return;
    }
    if (all) {
      console.line(title + ": " + items.size());
      items.forEach(item -> console.line("  " + item));
      return;
    }
    String shown = String.join(", ", items.subList(0, Math.min(MOST_SHOWN, items.size())));
    String more = items.size() > MOST_SHOWN ? ", ... (--verbose lists all)" : "";
    console.line(title + ": " + items.size() + ": " + shown + more);
  }
}
