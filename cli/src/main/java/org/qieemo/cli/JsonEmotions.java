package org.qieemo.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.qieemo.Emotion;

/** One JSON object per line, or the same as one array; {@code docs/output.md} describes them. */
final class JsonEmotions implements EmotionPrinter {
  /** Name and version; the version changes when a field changes its meaning or goes. */
  static final String SCHEMA = "qieemo-classify/1";

  private final Console console;
  private final String backend;
  private final boolean array;
  private final int top;
  private boolean anyPrinted;

  /**
   * Begins.
   *
   * @param array whether all objects form one array
   * @param top how many scores are printed, the best first; 0 for all in the model's order
   */
  JsonEmotions(Console console, String backend, boolean array, int top) {
    this.console = console;
    this.backend = backend;
    this.array = array;
    this.top = top;
  }

  @Override
  public void begin() {
    if (array) {
      console.json("[");
    }
  }

  @Override
  public void emotion(String file, Emotion emotion) {
    print(
        new JsonWriter()
            .beginObject()
            .member("schema", SCHEMA)
            .member("file", file)
            .member("duration", emotion.seconds())
            .member("label", emotion.label())
            .member("confidence", emotion.confidence())
            .member("scores", top == 0 ? emotion.scores() : best(emotion, top))
            .member("backend", backend)
            .endObject());
  }

  @Override
  public void failure(String file, String reason) {
    print(
        new JsonWriter()
            .beginObject()
            .member("schema", SCHEMA)
            .member("file", file)
            .member("error", reason)
            .endObject());
  }

  /** The best scores, the best first. */
  static Map<String, Double> best(Emotion emotion, int top) {
    Map<String, Double> best = new LinkedHashMap<>();
    emotion.top(top).forEach(score -> best.put(score.label(), score.probability()));
    return best;
  }

  private void print(JsonWriter object) {
    if (!array) {
      console.json(object.toString());
      return;
    }
    console.json((anyPrinted ? "," : " ") + object);
    anyPrinted = true;
  }

  @Override
  public void end() {
    if (array) {
      console.json("]");
    }
  }
}
