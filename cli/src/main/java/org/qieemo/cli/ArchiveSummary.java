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

  void add(ArchiveRun.Heard heard) {
    files++;
    if (heard.emotion() == null) {
      failed++;
    } else {
      audioSeconds += heard.emotion().seconds();
      byLabel.merge(heard.emotion().label(), 1, Integer::sum);
    }
  }

  int failed() {
    return failed;
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
