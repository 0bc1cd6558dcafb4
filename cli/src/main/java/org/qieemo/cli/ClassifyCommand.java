package org.qieemo.cli;

import java.io.IOException;
import java.util.List;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;

/** {@code qieemo classify}. */
final class ClassifyCommand implements Command {
  private static final Option FORMAT =
      Option.choice("--format", "how results are printed; default: text", "text", "json", "jsonl");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "classify",
        "Names the emotion that each voice recording carries",
        "FILE...",
        1,
        Integer.MAX_VALUE,
        List.of(
            ModelOptions.MODEL,
            FORMAT,
            ModelOptions.THREADS,
            ModelOptions.BACKEND,
            ModelOptions.DEVICE),
        List.of(
            "FILE is a WAV file; results appear in the order of the files, each as soon as it is",
            "known. A file that fails is reported and the others go on; the exit code is 1 then.",
            "jsonl: one object per file and line, with file, duration, label, scores and backend,",
            "or file and error. json: the same objects as one array."),
        List.of(
            "qieemo classify voice.wav",
            "qieemo classify --format jsonl recordings/*.wav > emotions.jsonl",
            "qieemo classify --model my-model.gguf --threads 2 a.wav b.wav"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException {
    try (EmotionRecognizer recognizer = ModelOptions.open(arguments, console)) {
      if (!recognizer.canClassify()) {
        throw new FileFailure(
            arguments.get("--model", "embedded model")
                + ": the model has no emotion head and cannot classify; see 'qieemo inspect'");
      }
      EmotionPrinter printer =
          switch (arguments.get("--format", "text")) {
            case "json" -> new JsonEmotions(console, recognizer.backend().name(), true);
            case "jsonl" -> new JsonEmotions(console, recognizer.backend().name(), false);
            default -> new TextEmotions(console, arguments.operands(), recognizer.labels());
          };
      printer.begin();
      int code = Batch.run(arguments.operands(), console, work(recognizer, printer));
      printer.end();
      return code;
    }
  }

  private static Batch.Work work(EmotionRecognizer recognizer, EmotionPrinter printer) {
    return new Batch.Work() {
      @Override
      public void on(String file, Audio audio) {
        printer.emotion(file, recognizer.classify(audio));
      }

      @Override
      public void failed(String file, String reason) {
        printer.failure(file, reason);
      }
    };
  }
}
