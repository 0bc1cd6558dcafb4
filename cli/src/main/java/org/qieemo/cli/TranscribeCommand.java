package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.Word;

/** {@code qieemo transcribe}. */
final class TranscribeCommand implements Command {
  private static final Option FORMAT =
      Option.choice("--format", "how results are printed; default: text", "text", "jsonl");

  private static final Option WORDS =
      Option.flag("--words", "with the words and when they were said");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "transcribe",
        "Writes down what each recording says, by greedy CTC",
        "FILE...",
        1,
        Integer.MAX_VALUE,
        options(),
        List.of(
            "FILE is a WAV file. One file: just its text; several: 'file: text'. What the text is",
            "written in (letters, word pieces, phones) is the model's choice.",
            "jsonl: one object per file and line, with file, duration, text and backend,",
            "or file and error.",
            "--words: a line per word with its times, from files of any length; jsonl: in words."),
        List.of(
            "qieemo transcribe voice.wav",
            "qieemo transcribe --model asr.gguf --format jsonl *.wav"));
  }

  private static List<Option> options() {
    List<Option> options = new ArrayList<>(List.of(ModelOptions.MODEL, FORMAT, WORDS));
    options.addAll(ModelOptions.RUN);
    return options;
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException {
    try (EmotionRecognizer recognizer = ModelOptions.open(arguments, console)) {
      if (!recognizer.canTranscribe()) {
        throw new FileFailure(
            arguments.get("--model", "embedded model")
                + ": the model has no CTC head and cannot transcribe; see 'qieemo inspect'");
      }
      List<String> files = arguments.operands();
      boolean json = arguments.get("--format", "text").equals("jsonl");
      if (arguments.has(WORDS.name())) {
        return words(files, console, recognizer, json);
      }
      return Batch.run(
          files, console, json ? jsonl(recognizer, console) : text(recognizer, console, files));
    }
  }

  private static int words(
      List<String> files, Console console, EmotionRecognizer recognizer, boolean json) {
    TimelinePrinter lines = new TextTimeline(console, files.size() > 1, List.of(), 0);
    Batch.Failed failed = json ? failedJson(console) : (file, reason) -> lines.failure(reason);
    return Batch.runPaths(
        files,
        console,
        file -> {
          if (json) {
            console.json(wordsJson(recognizer, file));
          } else {
            lines.file(file);
            recognizer.words(Path.of(file), lines::word);
          }
        },
        failed);
  }

  private static String wordsJson(EmotionRecognizer recognizer, String file) throws IOException {
    List<Word> words = new ArrayList<>();
    double seconds = recognizer.words(Path.of(file), words::add);
    JsonWriter json = new JsonWriter().beginObject().member("file", file);
    json.member("duration", seconds).name("words").beginArray();
    words.forEach(word -> JsonLinesTimeline.write(json.beginObject(), word).endObject());
    return json.endArray().member("backend", recognizer.backend().name()).endObject().toString();
  }

  private static Batch.Failed failedJson(Console console) {
    return (file, reason) -> {
      JsonWriter json = new JsonWriter().beginObject().member("file", file);
      console.json(json.member("error", reason).endObject().toString());
    };
  }

  private static Batch.Work text(
      EmotionRecognizer recognizer, Console console, List<String> files) {
    return new Batch.Work() {
      @Override
      public void on(String file, Audio audio) {
        String text = recognizer.transcribe(audio);
        console.line(files.size() == 1 ? text : file + ": " + text);
      }

      @Override
      public void failed(String file, String reason) {
        console.error(file + ": " + reason);
      }
    };
  }

  private static Batch.Work jsonl(EmotionRecognizer recognizer, Console console) {
    return new Batch.Work() {
      @Override
      public void on(String file, Audio audio) {
        JsonWriter json = new JsonWriter().beginObject().member("file", file);
        json.member("duration", audio.seconds()).member("text", recognizer.transcribe(audio));
        console.json(json.member("backend", recognizer.backend().name()).endObject().toString());
      }

      @Override
      public void failed(String file, String reason) {
        failedJson(console).failed(file, reason);
      }
    };
  }
}
