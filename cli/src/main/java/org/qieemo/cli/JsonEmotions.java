package org.qieemo.cli;

import org.qieemo.Emotion;

/** One JSON object per line, or the same as one array. */
final class JsonEmotions implements EmotionPrinter {
  private final Console console;
  private final String backend;
  private final boolean array;
  private boolean anyPrinted;

  JsonEmotions(Console console, String backend, boolean array) {
    this.console = console;
    this.backend = backend;
    this.array = array;
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
            .member("file", file)
            .member("duration", emotion.seconds())
            .member("label", emotion.label())
            .member("scores", emotion.scores())
            .member("backend", backend)
            .endObject());
  }

  @Override
  public void failure(String file, String reason) {
    print(new JsonWriter().beginObject().member("file", file).member("error", reason).endObject());
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
