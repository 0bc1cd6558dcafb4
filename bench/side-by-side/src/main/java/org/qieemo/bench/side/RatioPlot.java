package org.qieemo.bench.side;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An SVG picture: every engine's time relative to ONNX Runtime's in float32, one row per cell. */
final class RatioPlot {
  private static final int LEFT = 200;
  private static final int WIDTH = 520;
  private static final int RIGHT = 30;
  private static final int TOP = 70;
  private static final int ROW = 18;
  private static final int BOTTOM = 40;
  private static final double LEAST = 0.25;
  private static final double MOST = 8;
  private static final double[] TICKS = {0.25, 0.5, 1, 2, 4, 8};
  private static final Map<EngineKind, String> COLOURS = colours();

  private final List<Cell> cells;
  private final StringBuilder svg = new StringBuilder();

  private RatioPlot(List<Cell> cells) {
    this.cells = cells;
  }

  private static Map<EngineKind, String> colours() {
    Map<EngineKind, String> colours = new EnumMap<>(EngineKind.class);
    colours.put(EngineKind.OURS_F32, "#0072b2");
    colours.put(EngineKind.OURS_Q8, "#56b4e9");
    colours.put(EngineKind.OURS_PLAIN, "#999999");
    colours.put(EngineKind.ORT_F32, "#000000");
    colours.put(EngineKind.ORT_INT8, "#e69f00");
    colours.put(EngineKind.TORCH_F32, "#d55e00");
    return colours;
  }

  static String of(Results results) {
    List<Cell> cells = new ArrayList<>(results.cells());
    cells.removeIf(cell -> !cell.has(EngineKind.ORT_F32));
    return new RatioPlot(cells).draw();
  }

  private String draw() {
    int height = TOP + ROW * cells.size() + BOTTOM;
    line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">",
        LEFT + WIDTH + RIGHT, height);
    line("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
    text(LEFT, 20, "start", "Median time relative to ONNX Runtime f32 (left is faster)");
    legend();
    axis(height - BOTTOM);
    for (int i = 0; i < cells.size(); i++) {
      row(cells.get(i), TOP + ROW * i + ROW / 2);
    }
    line("</svg>");
    return svg.toString();
  }

  private void legend() {
    int x = LEFT;
    for (Map.Entry<EngineKind, String> entry : COLOURS.entrySet()) {
      if (cells.stream().anyMatch(cell -> cell.has(entry.getKey()))) {
        dot(x, 40, entry.getValue());
        text(x + 8, 44, "start", entry.getKey().id());
        x += 100;
      }
    }
  }

  private void axis(int bottom) {
    for (double tick : TICKS) {
      double x = x(tick);
      line(
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>",
          x, TOP, x, bottom, tick == 1 ? "#000000" : "#dddddd");
      text(x, bottom + 18, "middle", String.format(Locale.ROOT, "%.3g", tick));
    }
  }

  private void row(Cell cell, int y) {
    String threads = cell.threads() + (cell.threads() == 1 ? " thread" : " threads");
    text(LEFT - 12, y + 4, "end", cell.model().name() + ", " + cell.seconds() + " s, " + threads);
    double theirs = cell.median(EngineKind.ORT_F32);
    cell.times().forEach((kind, timing) -> dot(x(timing.median() / theirs), y, COLOURS.get(kind)));
  }

  /** Logarithmic; what lies outside is drawn at the edge. */
  private static double x(double ratio) {
    double inside = Math.min(MOST, Math.max(LEAST, ratio));
    return LEFT + WIDTH * Math.log(inside / LEAST) / Math.log(MOST / LEAST);
  }

  private void dot(double x, double y, String colour) {
    line("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour);
  }

  private void text(double x, double y, String anchor, String words) {
    line("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, words);
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
