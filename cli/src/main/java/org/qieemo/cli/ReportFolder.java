package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Pages of many recordings and their index. */
final class ReportFolder {
  private static final String INDEX = "index.html";
  private static final int LONGEST_NAME = 80;

  private final ReportMaker maker;
  private final Console console;
  private final Path folder;
  private final List<ReportEntry> entries = new ArrayList<>();

  ReportFolder(ReportMaker maker, Console console, Path folder) {
    this.maker = maker;
    this.console = console;
    this.folder = folder;
  }

  /**
   * Writes them.
   *
   * @return the exit code
   */
  int write(List<String> files) throws IOException {
    writeIndex(); // a folder that cannot be written is noticed before hours of work
    Progress progress = new Progress(console, false, files.size());
    int code =
        Batch.runPaths(
            files,
            console,
            file -> {
              ReportData data = maker.hear(file);
              String page = page(entries.size() + 1, file);
              maker.write(data, folder.resolve(page), "../" + INDEX);
              Map<String, Double> sums = data.secondsByAnswer();
              entries.add(new ReportEntry(file, page, data.seconds(), sums, null));
              progress.file(data.seconds());
            },
            (file, reason) -> {
              entries.add(new ReportEntry(file, null, 0, Map.of(), reason));
              console.error(file + ": " + reason);
              progress.file(0);
            });
    progress.end();
    writeIndex();
    return code;
  }

  private void writeIndex() throws IOException {
    HtmlPage.write(
        folder.resolve(INDEX),
        "Recordings – Qieemo",
        "index.js",
        ReportIndex.of(entries, maker.labels(), maker.how()));
  }

  /** A name that any file system and any link takes, whatever the recording is called. */
  private static String page(int number, String file) {
    String name = ReportPage.name(file).replaceAll("[^A-Za-z0-9._-]+", "_");
    String shorter = name.substring(0, Math.min(LONGEST_NAME, name.length()));
    return String.format(Locale.ROOT, "pages/%04d-%s.html", number, shorter);
  }
}
