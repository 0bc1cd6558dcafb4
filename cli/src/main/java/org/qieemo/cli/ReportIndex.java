package org.qieemo.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.Emotion;
import org.qieemo.TimelineSegment;

/** The page that lists the pages of many recordings. */
final class ReportIndex {
  private final List<ReportEntry> entries;
  private final ReportColours colours;
  private final Map<String, Double> totals = new LinkedHashMap<>();
  private final HtmlWriter html;

  private ReportIndex(List<ReportEntry> entries, List<String> labels, HtmlWriter html) {
    this.entries = entries;
    this.html = html;
    this.colours = new ReportColours(labels);
    labels.forEach(label -> totals.put(label, 0.0));
    totals.putIfAbsent(Emotion.UNKNOWN, 0.0);
    totals.putIfAbsent(TimelineSegment.SILENCE, 0.0);
    entries.forEach(e -> e.sums().forEach((k, v) -> totals.merge(k, v, Double::sum)));
    totals.computeIfPresent(Emotion.UNKNOWN, (k, v) -> v == 0 && !labels.contains(k) ? null : v);
  }

  /**
   * What stands in the page.
   *
   * @param how one line about how they were heard
   */
  static HtmlPage.Body of(List<ReportEntry> entries, List<String> labels, String how) {
    return html -> {
      ReportIndex index = new ReportIndex(entries, labels, html);
      index.header(how);
      index.table();
      html.close();
    };
  }

  private void header(String how) {
    long failed = entries.stream().filter(e -> e.error() != null).count();
    html.open("main").line().open("header").element("h1", "Recordings");
    html.open("p", "class", "answer");
    String counts = Text.count(entries.size(), "file") + ", " + Text.clock(Math.round(seconds()));
    html.text(failed == 0 ? counts : counts + ", " + failed + " failed");
    html.close().element("p", how, "class", "how").close().line();
  }

  private double seconds() {
    return entries.stream().mapToDouble(ReportEntry::seconds).sum();
  }

  private void table() {
    html.open("section", "aria-label", "Recordings").open("div", "class", "wide");
    html.open("table", "class", "files").line().open("thead").open("tr");
    head("File", "");
    head("Length", "number");
    head("Mostly", "");
    html.element("th", "Shares", "scope", "col");
    totals.keySet().forEach(answer -> head(answer, "number"));
    html.close().close().line().open("tbody").line();
    entries.forEach(this::row);
    html.close().line();
    if (!entries.isEmpty()) {
      totals();
    }
    html.close().close().close().line();
  }

  private void head(String text, String kind) {
    html.open("th", "scope", "col", "class", kind);
    html.element("button", text, "type", "button").close();
  }

  private void row(ReportEntry entry) {
    html.open("tr").open("td", "data-value", entry.file());
    if (entry.error() == null) {
      html.open("a", "href", entry.page()).element("bdi", entry.file()).close().close();
      values(entry.seconds(), entry.sums());
    } else {
      html.element("bdi", entry.file()).close();
      html.element("td", "", "class", "number", "data-value", -1);
      html.element("td", entry.error(), "class", "error", "data-value", "failed");
      html.element("td", "");
      totals.forEach((answer, sum) -> html.element("td", "", "class", "number", "data-value", -1));
    }
    html.close().line();
  }

  private void totals() {
    html.open("tfoot").open("tr").element("td", "Total");
    values(seconds(), totals);
    html.close().close().line();
  }

  private void values(double seconds, Map<String, Double> sums) {
    html.element(
        "td",
        Text.clock(Math.round(seconds)),
        "class",
        "number",
        "data-value",
        Text.plain(seconds));
    String mostly = ReportData.mostly(sums);
    html.open("td", "data-value", mostly);
    html.element("span", mostly, "class", "chip " + colours.of(mostly)).close();
    html.open("td");
    ReportPage.bar(html, sums, colours);
    html.close();
    for (String answer : totals.keySet()) {
      double part = seconds > 0 ? sums.getOrDefault(answer, 0.0) / seconds : 0;
      html.element(
          "td", ReportPage.percent(part), "class", "number", "data-value", Text.fixed(part, 6));
    }
  }
}
