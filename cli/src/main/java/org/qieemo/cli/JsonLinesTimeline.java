package org.qieemo.cli;

import org.qieemo.Emotion;
import org.qieemo.TimelineSegment;
import org.qieemo.Word;

/** One JSON object per segment and word; {@code docs/output.md} describes them. */
final class JsonLinesTimeline implements TimelinePrinter {
  /** Name and version; the version changes when a field changes its meaning or goes. */
  static final String SCHEMA = "qieemo-timeline/1";

  private final Console console;
  private final int top;
  private String file;

  JsonLinesTimeline(Console console, int top) {
    this.console = console;
    this.top = top;
  }

  @Override
  public void begin() {}

  @Override
  public void file(String name) {
    file = name;
  }

  @Override
  public void segment(TimelineSegment segment) {
    console.json(write(object(), segment, top).endObject().toString());
  }

  @Override
  public void word(Word word) {
    console.json(write(object(), word).endObject().toString());
  }

  private JsonWriter object() {
    return new JsonWriter().beginObject().member("schema", SCHEMA).member("file", file);
  }

  /** The members of a segment. */
  static JsonWriter write(JsonWriter json, TimelineSegment segment, int top) {
    json.member("start", segment.start()).member("end", segment.end());
    json.member("silence", segment.isSilence());
    if (segment.isSilence()) {
      return json;
    }
    Emotion emotion = segment.emotion().orElseThrow();
    return json.member("label", emotion.label())
        .member("confidence", emotion.confidence())
        .member("scores", top == 0 ? emotion.scores() : JsonEmotions.best(emotion, top));
  }

  /** The members of a word. */
  static JsonWriter write(JsonWriter json, Word word) {
    return json.member("start", word.start()).member("end", word.end()).member("word", word.text());
  }

  @Override
  public void endFile(double seconds) {}

  @Override
  public void failure(String reason) {
    console.json(object().member("error", reason).endObject().toString());
  }

  @Override
  public void end() {}
}
