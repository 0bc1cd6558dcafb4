package org.qieemo.cli;

import java.util.List;
import java.util.Locale;
import org.qieemo.TimelineSegment;
import org.qieemo.Word;

/** One readable line per segment, under a line with the file's name where there are several. */
final class TextTimeline implements TimelinePrinter {
  private final Console console;
  private final boolean named;
  private final TextEmotions emotions;
  private String file;

  /**
   * Begins.
   *
   * @param named whether a line with its name stands above each file
   */
  TextTimeline(Console console, boolean named, List<String> labels, int top) {
    this.console = console;
    this.named = named;
    this.emotions = new TextEmotions(console, List.of(), labels, top);
  }

  @Override
  public void begin() {}

  @Override
  public void file(String name) {
    file = name;
    if (named) {
      console.line(name + ":");
    }
  }

  @Override
  public void segment(TimelineSegment segment) {
    console.line(
        times(segment.start(), segment.end())
            + "  "
            + segment.emotion().map(emotions::answer).orElse(TimelineSegment.SILENCE));
  }

  @Override
  public void word(Word word) {
    console.line(times(word.start(), word.end()) + "  \"" + word.text() + '"');
  }

  private static String times(double start, double end) {
    return String.format(Locale.ROOT, "%10s - %10s", clock(start), clock(end));
  }

  /** {@code 1:02:03.45} or {@code 2:03.45}. */
  static String clock(double seconds) {
    long hundredths = Math.round(seconds * 100);
    long minutes = hundredths / 6000;
    String rest = String.format(Locale.ROOT, "%02d.%02d", hundredths / 100 % 60, hundredths % 100);
    return minutes < 60
        ? minutes + ":" + rest
        : String.format(Locale.ROOT, "%d:%02d:%s", minutes / 60, minutes % 60, rest);
  }

  @Override
  public void endFile(double seconds) {}

  @Override
  public void failure(String reason) {
    console.error(file + ": " + reason);
  }

  @Override
  public void end() {}
}
