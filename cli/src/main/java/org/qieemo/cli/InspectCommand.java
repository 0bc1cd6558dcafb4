package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.qieemo.kernels.HostTensor;
import org.qieemo.weights.GgufFile;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.ModelFile;

/** {@code qieemo inspect}. */
final class InspectCommand implements Command {
  private static final int MOST_SHOWN = 8;
  private static final Option FORMAT =
      Option.choice("--format", "how it is printed; default: text", "text", "json");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "inspect",
        "Shows what a model file holds and what it can do",
        "M.gguf",
        1,
        1,
        List.of(FORMAT),
        List.of(
            "text: the metadata (long lists shortened), the configuration in words, the tensors by",
            "type and by part. json: all metadata and all tensors, in one object.",
            "The exit code is 1 if the file is damaged or no model that this engine runs."),
        List.of("qieemo inspect model.gguf", "qieemo inspect --format json model.gguf"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException {
    String name = arguments.operands().get(0);
    GgufFile file;
    try {
      file = GgufReader.read(Path.of(name));
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FileFailure(name, e);
    }
    ModelConfig config = null;
    String refusal = null;
    try {
      config = ModelFile.of(file).config();
    } catch (IOException e) {
      refusal = Failures.reason(e);
      console.trace(e);
    }
    if (arguments.get("--format", "text").equals("json")) {
      console.json(json(name, file, config, refusal));
    } else {
      text(name, file, config, console);
    }
    if (refusal != null) {
      throw new FileFailure(name + ": no model that this engine runs: " + refusal);
    }
    return OK;
  }

  private static void text(String name, GgufFile file, ModelConfig config, Console console) {
    console.line(name);
    console.line("");
    console.line("Metadata");
    file.metadata()
        .values()
        .forEach((key, value) -> console.line("  " + key + ": " + brief(value)));
    if (config != null) {
      console.line("");
      console.line("Model");
      ModelWords.describe(config).forEach(line -> console.line("  " + line));
    }
    List<HostTensor> tensors = file.tensors();
    totals("Tensors by type", TensorTotals.by(t -> t.dtype().name(), tensors), console);
    totals("Tensors by part", TensorTotals.by(InspectCommand::part, tensors), console);
    if (config != null) {
      console.line("");
      console.line("It can");
      ModelWords.abilities(config).forEach(line -> console.line("  " + line));
    }
  }

  private static void totals(String title, Map<String, TensorTotals> totals, Console console) {
    console.line("");
    console.line(title);
    totals.forEach((group, total) -> console.line("  " + group + ": " + total));
  }

  /** The first word of the tensor's name. */
  private static String part(HostTensor tensor) {
    int dot = tensor.name().indexOf('.');
    return dot < 0 ? tensor.name() : tensor.name().substring(0, dot);
  }

  private static String brief(Object value) {
    if (!(value instanceof List<?> list)) {
      return scalar(value);
    }
    String shown = list.stream().limit(MOST_SHOWN).map(InspectCommand::scalar).toList().toString();
    return list.size() <= MOST_SHOWN
        ? shown
        : shown.substring(0, shown.length() - 1) + ", ...] (" + list.size() + " entries)";
  }

  /** Numbers that were float32 in the file as short as float32 can be written. */
  private static String scalar(Object value) {
    boolean single = value instanceof Double d && (float) d.doubleValue() == d;
    return single ? String.valueOf(((Double) value).floatValue()) : String.valueOf(value);
  }

  private static String json(String name, GgufFile file, ModelConfig config, String refusal) {
    JsonWriter json = new JsonWriter().beginObject().member("file", name);
    if (config == null) {
      json.member("error", refusal);
    } else {
      json.member("can_classify", config.fusion() != null);
      json.member("can_transcribe", config.ctc() != null);
      json.member("labels", config.fusion() == null ? List.of() : config.fusion().labels());
      json.member("description", ModelWords.describe(config));
    }
    json.member("metadata", file.metadata().values());
    json.name("tensors").beginArray();
    for (HostTensor tensor : file.tensors()) {
      json.beginObject()
          .member("name", tensor.name())
          .member("type", tensor.dtype().name())
          .member("shape", Arrays.stream(tensor.shape()).boxed().toList())
          .member("bytes", tensor.dtype().bytes(tensor.elements()))
          .endObject();
    }
    return json.endArray().endObject().toString();
  }
}
