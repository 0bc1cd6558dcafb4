package org.qieemo.cli;

import java.util.List;
import java.util.Locale;

/**
 * The picture of a report: time axis, waveform, segments and a curve per label, as SVG whose x are
 * percentages, so that it can be stretched without stretching its text.
 */
final class ReportChart {
  /** Curves have at most so many points; more steps are averaged. */
  static final int MOST_POINTS = 2000;

  private static final int WIDTH = 10_000; // units of a path's x
  private static final int HEIGHT = 1000; // units of a path's y
  private static final double[] TICKS = {
    0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200
  };
  private static final int MOST_TICKS = 12;

  private final ReportData data;
  private final ReportColours colours;
  private final HtmlWriter html;

  private ReportChart(ReportData data, ReportColours colours, HtmlWriter html) {
    this.data = data;
    this.colours = colours;
    this.html = html;
  }

  static void write(ReportData data, ReportColours colours, HtmlWriter html) {
    ReportChart chart = new ReportChart(data, colours, html);
    html.open("svg", "class", "plot", "aria-hidden", "true", "focusable", "false").line();
    chart.ticks();
    chart.waveform();
    chart.strip();
    chart.curves();
    html.close().line();
  }

  private void ticks() {
    double step = TICKS[TICKS.length - 1];
    for (int i = TICKS.length - 1; i >= 0; i--) {
      step = data.seconds() / TICKS[i] <= MOST_TICKS ? TICKS[i] : step;
    }
    for (int i = 0; i * step < data.seconds(); i++) {
      String x = percent(i * step);
      html.element("line", "", "class", "tick", "x1", x, "x2", x, "y1", 18, "y2", 344);
      html.element("text", clock(i * step, step < 1), "x", x, "dx", 3, "y", 12).line();
    }
  }

  private void waveform() {
    Waveform wave = data.waveform();
    double scale = wave.peak() > 0 ? HEIGHT / 2.0 / wave.peak() : 0;
    StringBuilder path = new StringBuilder();
    for (int c = 0; c < wave.columns(); c++) {
      point(path, c == 0 ? 'M' : 'L', wave.begin(c), HEIGHT / 2.0 - scale * wave.greatest(c));
      point(path, 'L', wave.begin(c + 1), HEIGHT / 2.0 - scale * wave.greatest(c));
    }
    for (int c = wave.columns() - 1; c >= 0; c--) {
      point(path, 'L', wave.begin(c + 1), HEIGHT / 2.0 - scale * wave.least(c));
      point(path, 'L', wave.begin(c), HEIGHT / 2.0 - scale * wave.least(c));
    }
    lane(22, 84);
    html.element("path", "", "class", "wave", "d", path.append('Z'));
    html.close().line();
  }

  private void strip() {
    for (ReportStep segment : data.segments()) {
      String colour = colours.of(segment.label());
      html.open(
          "svg",
          "class",
          "band " + colour,
          "x",
          percent(segment.start()),
          "width",
          percent(segment.seconds()),
          "y",
          116,
          "height",
          26);
      html.element("title", ReportPage.span(segment) + " " + segment.label());
      html.element("rect", "", "width", "100%", "height", "100%");
      if (!segment.isSilence()) {
        html.element("text", segment.label(), "x", 6, "y", 17);
      }
      html.close().line();
    }
  }

  private void curves() {
    for (int half = 0; half <= 2; half++) {
      int y = 344 - 90 * half;
      html.element("line", "", "class", "grid", "x1", 0, "x2", "100%", "y1", y, "y2", y);
      if (half > 0) {
        html.element("text", 50 * half + " %", "x", 3, "y", y - 4);
      }
    }
    lane(164, 180);
    List<ReportStep> points = ReportData.thin(data.steps(), MOST_POINTS);
    for (int k = 0; k < data.labels().size(); k++) {
      html.element(
          "path", "", "class", "curve " + colours.of(k), "data-k", k, "d", curve(points, k));
    }
    html.close().line();
  }

  /** Through the middles of the steps, level to the ends of a stretch, with gaps at silence. */
  private String curve(List<ReportStep> points, int k) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      ReportStep step = points.get(i);
      if (step.isSilence()) {
        continue;
      }
      double y = HEIGHT * (1 - step.scores()[k]);
      if (i == 0 || points.get(i - 1).isSilence()) {
        point(path, 'M', step.start() / data.seconds(), y);
      }
      point(path, 'L', (step.start() + step.end()) / 2 / data.seconds(), y);
      if (i == points.size() - 1 || points.get(i + 1).isSilence()) {
        point(path, 'L', step.end() / data.seconds(), y);
      }
    }
    return path.toString();
  }

  /** An inner picture whose units are stretched to the width. */
  private void lane(int y, int height) {
    html.open(
        "svg",
        "viewBox",
        "0 0 " + WIDTH + " " + HEIGHT,
        "preserveAspectRatio",
        "none",
        "x",
        0,
        "y",
        y,
        "width",
        "100%",
        "height",
        height);
  }

  private static void point(StringBuilder path, char command, double x, double y) {
    path.append(command).append(Math.round(WIDTH * x)).append(' ').append(Math.round(y));
  }

  private String percent(double seconds) {
    return String.format(Locale.ROOT, "%.4f%%", 100 * seconds / data.seconds());
  }

  private static String clock(double seconds, boolean tenths) {
    return tenths ? Text.fixed(seconds, 1) : Text.clock(Math.round(seconds));
  }
}
