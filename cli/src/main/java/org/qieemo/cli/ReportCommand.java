package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.DecisionOptions;
import org.qieemo.EmotionRecognizer;
import org.qieemo.TimelineOptions;

/** {@code qieemo report}. */
final class ReportCommand implements Command {
  private static final Option OUTPUT =
      Option.text("--output", "PATH", "the page for one file; for several, a folder").needed();
  private static final Option AUDIO =
      Option.choice(
          "--audio",
          "playback; auto: embed up to 3 minutes, else link",
          "auto",
          "embed",
          "link",
          "none");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "report",
        "Makes a page to look at: waveform, emotion over time, segments, transcript, playback",
        "FILE...",
        0,
        Integer.MAX_VALUE,
        options(),
        List.of(
            "FILE is a WAV file of any length. The page stands alone: it loads nothing from any",
            "network. Several files, a folder or a --list: --output is a folder then, which gets a",
            "page per file and index.html, a sortable table with totals. Existing pages are",
            "replaced. A file that fails is reported and the others go on; the exit code is 1 then.",
            "A link to the audio holds as long as page and audio move together."),
        List.of(
            "qieemo report call.wav --output call.html",
            "qieemo report calls/ --include '*.wav' --output calls-report",
            "qieemo report call.wav --segments speech --audio link --output call.html"));
  }

  private static List<Option> options() {
    List<Option> options = new ArrayList<>(List.of(OUTPUT, ModelOptions.MODEL, AUDIO));
    options.addAll(TimelineFlags.CUTTING);
    options.addAll(AnswerOptions.DECIDING);
    options.addAll(Inputs.ALL);
    options.addAll(ModelOptions.RUN);
    return List.copyOf(options);
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException, UsageException {
    Inputs inputs = Inputs.of(arguments);
    Path output = Path.of(arguments.get(OUTPUT.name(), null));
    boolean many = inputs.archive() || inputs.files().size() > 1;
    if (!many && Files.isDirectory(output)) {
      throw new UsageException("--output is a folder: for one file it is the page, such as x.html");
    }
    try (EmotionRecognizer recognizer =
        ModelOptions.open(arguments, inputs.files(), ModelOptions.threads(arguments), console)) {
      if (!recognizer.canClassify()) {
        throw new FileFailure(
            ModelOptions.name(arguments.get("--model", null))
                + ": the model has no emotion head and cannot report; see 'qieemo inspect'");
      }
      ReportMaker maker = maker(arguments, recognizer);
      if (many) {
        return new ReportFolder(maker, console, output).write(inputs.files());
      }
      return Batch.runPaths(
          inputs.files(),
          console,
          file -> maker.write(maker.hear(file), output, null),
          (file, reason) -> console.error(file + ": " + reason));
    }
  }

  private static ReportMaker maker(Arguments arguments, EmotionRecognizer recognizer)
      throws UsageException {
    DecisionOptions decision = AnswerOptions.of(arguments, recognizer);
    TimelineOptions base = TimelineOptions.DEFAULT.withMerge(false);
    TimelineOptions options = TimelineFlags.of(arguments, base, decision);
    TimelineRun.requireFitting(recognizer, options, false);
    String model = ModelOptions.name(arguments.get(ModelOptions.MODEL.name(), null));
    return new ReportMaker(recognizer, options, model, arguments.get(AUDIO.name(), "auto"));
  }
}
