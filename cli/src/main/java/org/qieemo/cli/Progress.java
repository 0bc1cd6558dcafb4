package org.qieemo.cli;

import java.util.Locale;

/**
 * Says how far a long run is: on a terminal twice a second, otherwise, if asked to, about twenty
 * times in all.
 */
final class Progress {
  private static final long TERMINAL_NANOS = 500_000_000L;
  private static final int LINES = 20;
  private static final int BAR = 20;

  private final Console console;
  private final boolean shown;
  private final int total;
  private final int everyFiles;
  private final long start = System.nanoTime();
  private long last = start;
  private int done;
  private double audioSeconds;

  /**
   * Begins.
   *
   * @param asked whether to show it even if nobody watches
   * @param total number of files
   */
  Progress(Console console, boolean asked, int total) {
    this.console = console;
    this.shown = asked || console.isTerminal();
    this.total = total;
    this.everyFiles = Math.max(1, (total + LINES - 1) / LINES);
  }

  /** One more file is done, with so much audio. */
  void file(double seconds) {
    done++;
    audioSeconds += seconds;
    long now = System.nanoTime();
    boolean due =
        console.isTerminal()
            ? now - last > TERMINAL_NANOS
            : done % everyFiles == 0 || done == total;
    if (shown && due) {
      last = now;
      String line = line(done, total, audioSeconds, (now - start) / 1e9);
      console.progress(console.isTerminal() ? bar(done, total) + " " + line : line);
    }
  }

  /** Wipes it from the terminal. */
  void end() {
    console.endProgress();
  }

  private static String bar(int done, int total) {
    int filled = (int) ((long) BAR * done / total);
    return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
  }

  static String line(int done, int total, double audioSeconds, double seconds) {
    double each = seconds / done;
    return String.format(
        Locale.ROOT,
        "%d of %d files, %.1f h of audio, %.1f files/s, %.0f times real time, %s left",
        done,
        total,
        audioSeconds / 3600,
        1 / each,
        audioSeconds / seconds,
        Text.clock(Math.round(each * (total - done))));
  }
}
