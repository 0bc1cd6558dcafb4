package org.qieemo.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what a run over many files gave. Confined to one thread. */
final class ArchiveSummary {
  private final long start = System.nanoTime();
  private final Map<String, Integer> byLabel = new TreeMap<>();
  private double audioSeconds;
  private int files;
  private int failed;

  /** One more file was heard. */
  void heard(double seconds) {
    files++;
    audioSeconds += seconds;
  }

  /** This was the answer for it. */
  void label(String label) {
    byLabel.merge(label, 1, Integer::sum);
  }

  /** One more file failed. */
  void failed() {
    files++;
    failed++;
  }

  boolean anyFailed() {
    return failed > 0;
  }

  /**
   * One line.
   *
   * @param kept files whose rows an earlier run has written
   */
  String line(int kept) {
    double seconds = (System.nanoTime() - start) / 1e9;
    String labels =
        byLabel.entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", "));
    return Text.count(files, "file")
        + (kept > 0 ? " (and " + kept + " from before)" : "")
        + ", "
        + failed
        + " failed, "
        + Text.clock(Math.round(audioSeconds))
        + " of audio in "
        + Text.clock(Math.round(seconds))
        + (audioSeconds > 0
            ? ", " + Text.fixed(audioSeconds / seconds, 0) + " times real time"
            : "")
        + (labels.isEmpty() ? "" : ": " + labels);
  }
}
