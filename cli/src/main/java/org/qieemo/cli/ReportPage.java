package org.qieemo.cli;

import java.util.Map;
import org.qieemo.TimelineSegment;
import org.qieemo.Word;

/** The page of one recording. */
final class ReportPage {
  private static final int MOST_SCRIPT_STEPS = 20_000;

  private final ReportData data;
  private final ReportColours colours;
  private final HtmlWriter html;
  private int nextWord; // the first one without a row

  private ReportPage(ReportData data, HtmlWriter html) {
    this.data = data;
    this.colours = new ReportColours(data.labels());
    this.html = html;
  }

  /**
   * What stands in the page.
   *
   * @param audio source of the player, null for none
   * @param how one line about how it was heard
   * @param index link to the index page, null for none
   */
  static HtmlPage.Body of(ReportData data, String audio, String how, String index) {
    return html -> {
      ReportPage page = new ReportPage(data, html);
      page.header(how, index);
      page.player(audio);
      page.shares();
      page.table();
      page.script();
      html.close();
    };
  }

  /** The last part of a file's name. */
  static String name(String file) {
    String slashes = file.replace('\\', '/');
    return slashes.substring(slashes.lastIndexOf('/') + 1);
  }

  /** {@code 0:03.0–0:08.5}. */
  static String span(ReportStep step) {
    return tenths(step.start()) + "–" + tenths(step.end());
  }

  private static String tenths(double seconds) {
    long tenths = Math.round(10 * seconds);
    return Text.clock(tenths / 10) + "." + tenths % 10;
  }

  private void header(String how, String index) {
    html.open("main").line().open("header");
    if (index != null) {
      html.element("a", "← all recordings", "href", index, "class", "back");
    }
    html.open("h1").element("bdi", name(data.file())).close();
    html.open("p", "class", "answer");
    String mostly = data.mostly();
    html.element("span", mostly, "class", "chip " + colours.of(mostly));
    double part = ReportData.part(data.secondsByAnswer(), mostly);
    boolean silent = mostly.equals(TimelineSegment.SILENCE);
    html.text(silent ? "nobody speaks" : percent(part) + " of the speech");
    html.element("span", Text.clock(Math.round(data.seconds())), "class", "length");
    html.close().element("p", how, "class", "how").close().line();
  }

  private void player(String audio) {
    html.open("section", "class", "player", "aria-label", "Recording").line();
    html.open("div", "class", "bar");
    if (audio != null) {
      html.open(
          "audio",
          "controls",
          "",
          "preload",
          "metadata",
          "aria-label",
          "Player of the recording",
          "src",
          audio);
      html.close();
    }
    html.open("div", "class", "zoom", "role", "group", "aria-label", "Zoom");
    html.element("button", "−", "type", "button", "id", "out", "aria-label", "Zoom out");
    html.element("button", "+", "type", "button", "id", "in", "aria-label", "Zoom in");
    html.close().close().line();
    html.element(
        "p",
        "The audio cannot be played from here.",
        "id",
        "missing",
        "role",
        "alert",
        "hidden",
        "");
    html.open("div", "class", "scroll").open("div", "class", "canvas");
    ReportChart.write(data, colours, html);
    html.element(
        "div",
        "",
        "id",
        "position",
        "role",
        "slider",
        "tabindex",
        0,
        "aria-label",
        "Position in the recording: arrows move, space plays",
        "aria-valuemin",
        0,
        "aria-valuemax",
        Text.fixed(data.seconds(), 1),
        "aria-valuenow",
        0);
    html.close().close().line();
    legend();
    html.close().line();
  }

  /** A button per label: what it is worth at the cursor; it hides and shows its curve. */
  private void legend() {
    html.open("div", "class", "legend", "role", "group", "aria-label", "Curves");
    html.element("output", "0:00.0", "id", "now");
    for (int k = 0; k < data.labels().size(); k++) {
      html.open(
          "button", "type", "button", "aria-pressed", "true", "data-k", k, "class", colours.of(k));
      html.element("i", "").text(data.labels().get(k)).element("b", "").close();
    }
    html.close().line();
  }

  private void shares() {
    Map<String, Double> sums = data.secondsByAnswer();
    html.open("section", "aria-labelledby", "shares").line();
    html.element("h2", "Shares", "id", "shares");
    bar(html, sums, colours);
    html.open("ul", "class", "shares");
    sums.forEach(
        (answer, seconds) -> {
          if (seconds > 0) {
            html.open("li").element("i", "", "class", colours.of(answer)).text(answer + " ");
            html.element("b", percent(seconds / data.seconds())).text(" ");
            html.element("span", Text.clock(Math.round(seconds))).close();
          }
        });
    html.close().close().line();
  }

  /** Answers as parts of a bar. */
  static void bar(HtmlWriter html, Map<String, Double> sums, ReportColours colours) {
    double all = sums.values().stream().mapToDouble(s -> s).sum();
    html.open("svg", "class", "shares", "aria-hidden", "true", "focusable", "false");
    double x = 0;
    for (Map.Entry<String, Double> sum : sums.entrySet()) {
      double width = all > 0 ? 100 * sum.getValue() / all : 0;
      if (width > 0) {
        html.element(
            "rect",
            "",
            "class",
            colours.of(sum.getKey()),
            "x",
            Text.fixed(x, 3) + "%",
            "width",
            Text.fixed(width, 3) + "%",
            "height",
            "100%");
      }
      x += width;
    }
    html.close();
  }

  private void table() {
    boolean words = !data.words().isEmpty();
    html.open("section", "aria-labelledby", "segments").line();
    html.element("h2", words ? "Segments and transcript" : "Segments", "id", "segments");
    html.open("div", "class", "wide").open("table", "class", "segments").line();
    html.open("thead").open("tr").element("th", "Time", "scope", "col");
    html.element("th", "Emotion", "scope", "col");
    html.element("th", "Probability", "scope", "col", "class", "number");
    if (words) {
      html.element("th", "Transcript", "scope", "col");
    }
    html.close().close().line().open("tbody").line();
    data.segments().forEach(segment -> row(segment, words));
    html.close().close().close().close().line();
  }

  private void row(ReportStep segment, boolean words) {
    html.open("tr", "data-start", seconds(segment.start()), "data-end", seconds(segment.end()));
    html.open("td");
    html.element(
        "button", span(segment), "type", "button", "class", "play", "title", "Play from here");
    html.close().open("td");
    html.element("span", segment.label(), "class", "chip " + colours.of(segment.label())).close();
    html.element("td", segment.isSilence() ? "" : percent(segment.confidence()), "class", "number");
    if (words) {
      html.open("td", "class", "words");
      for (; nextWord < data.words().size() && isIn(segment); nextWord++) {
        Word word = data.words().get(nextWord);
        html.element("span", word.text(), "data-at", seconds(word.start())).text(" ");
      }
      html.close();
    }
    html.close().line();
  }

  /**
   * Whether the next word's middle lies before a segment's end; the last one has all that follow.
   */
  private boolean isIn(ReportStep segment) {
    Word word = data.words().get(nextWord);
    boolean last = segment.end() >= data.seconds();
    return last || (word.start() + word.end()) / 2 < segment.end();
  }

  /** What the script needs; JSON in which no markup can begin. */
  private void script() {
    html.element(
        "footer",
        "A model's guess from the sound of a voice, not a fact about a person. Qieemo-style;"
            + " fusion equations reconstructed from the paper's abstract.");
    JsonWriter json = new JsonWriter().beginObject().member("seconds", data.seconds());
    json.member("labels", data.labels()).name("steps").beginArray();
    html.open("div", "id", "data", "hidden", "");
    for (ReportStep step : ReportData.thin(data.steps(), MOST_SCRIPT_STEPS)) {
      json.beginArray().value(round(step.start())).value(round(step.end())).value(step.label());
      for (int k = 0; !step.isSilence() && k < step.scores().length; k++) {
        json.value(round(step.scores()[k]));
      }
      json.endArray();
      html.text(json.take());
    }
    html.text(json.endArray().endObject().take()).close().line();
  }

  private static double round(double value) {
    return Math.round(1000 * value) / 1000.0;
  }

  private static String seconds(double seconds) {
    return Text.plain(round(seconds));
  }

  static String percent(double part) {
    return Math.round(100 * part) + " %";
  }
}
