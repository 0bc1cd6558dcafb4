package org.qieemo.cli;

import org.qieemo.TimelineSegment;
import org.qieemo.Word;

/**
 * One JSON array with an object per file, printed piece by piece so that nothing is kept; {@code
 * docs/output.md} describes it.
 */
final class JsonTimeline implements TimelinePrinter {
  private final Console console;
  private final String backend;
  private final int top;
  private boolean anyFile;
  private boolean anyItem; // in the list going on
  private boolean inWords;

  JsonTimeline(Console console, String backend, int top) {
    this.console = console;
    this.backend = backend;
    this.top = top;
  }

  @Override
  public void begin() {
    console.json("[");
  }

  @Override
  public void file(String file) {
    JsonWriter json = new JsonWriter().beginObject().member("schema", JsonLinesTimeline.SCHEMA);
    json.member("file", file).member("backend", backend);
    console.json((anyFile ? ", " : "") + json + ",\"segments\":[");
    anyFile = true;
    anyItem = false;
    inWords = false;
  }

  @Override
  public void segment(TimelineSegment segment) {
    item(JsonLinesTimeline.write(new JsonWriter().beginObject(), segment, top));
  }

  @Override
  public void word(Word word) {
    if (!inWords) {
      console.json("],\"words\":[");
      inWords = true;
      anyItem = false;
    }
    item(JsonLinesTimeline.write(new JsonWriter().beginObject(), word));
  }

  private void item(JsonWriter json) {
    console.json((anyItem ? ", " : "  ") + json.endObject());
    anyItem = true;
  }

  @Override
  public void endFile(double seconds) {
    console.json("],\"duration\":" + seconds + "}");
  }

  @Override
  public void failure(String reason) {
    console.json("],\"error\":" + new JsonWriter().value(reason) + "}");
  }

  @Override
  public void end() {
    console.json("]");
  }
}
