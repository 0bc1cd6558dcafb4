package org.qieemo.bench.side;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The same as {@link MarkdownReport} with every round, for programs. */
final class JsonReport {
  private JsonReport() {}

  static String of(Results results) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("about", results.about());
    document.put("notes", results.notes());
    document.put("fma_peak_gflops_by_threads", keyed(results.peak()));
    document.put("cells", results.cells().stream().map(c -> cell(c, results.peak())).toList());
    document.put("memory", results.memory().stream().map(JsonReport::memory).toList());
    document.put("one_shot", results.oneShots().stream().map(JsonReport::oneShot).toList());
    return text(document, "") + "\n";
  }

  private static Map<String, Object> cell(Cell cell, Map<Integer, Double> peak) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", cell.model().name());
    object.put("weights", cell.model().weights());
    object.put("seconds", cell.seconds());
    object.put("threads", cell.threads());
    object.put("gflop", cell.model().flop(cell.seconds()) * 1e-9);
    if (cell.failure() != null) {
      object.put("failure", cell.failure());
    }
    Map<String, Object> engines = new LinkedHashMap<>();
    cell.times().forEach((kind, timing) -> engines.put(kind.id(), engine(cell, kind, peak)));
    object.put("engines", engines);
    Map<String, Object> ratios = new LinkedHashMap<>();
    Comparison.of(cell).forEach(c -> ratios.put(c.id(), ratio(cell, c)));
    object.put("ratios", ratios);
    return object;
  }

  private static Map<String, Object> engine(Cell cell, EngineKind kind, Map<Integer, Double> peak) {
    Timing timing = cell.times().get(kind);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("difference", cell.differences().get(kind));
    object.put("median_s", timing.median());
    object.put("p95_s", Summary.p95(timing.wall()));
    if (peak.containsKey(cell.threads())) {
      object.put("share_of_f32_fma_peak", cell.peakShare(kind, peak.get(cell.threads())));
    }
    object.put("wall_s", timing.wall());
    object.put("calling_thread_cpu_s", timing.cpu());
    object.put("peak_around_gflops", timing.peak());
    return object;
  }

  private static Map<String, Object> ratio(Cell cell, Comparison comparison) {
    Summary.Ratio ratio = comparison.in(cell);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("of_medians", ratio.ofMedians());
    object.put("paired_median", ratio.paired());
    object.put("paired_95_low", ratio.low());
    object.put("paired_95_high", ratio.high());
    if (cell.threads() == 1) {
      object.put("cpu_time_of_medians", comparison.ofCpuTime(cell).ofMedians());
    }
    return object;
  }

  private static Map<String, Object> memory(MemoryUse use) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", use.model());
    object.put("engine", use.engine());
    object.put("seconds", use.seconds());
    object.put("threads", use.threads());
    object.put("peak_mib", use.mebibytes());
    return object;
  }

  private static Map<String, Object> oneShot(OneShot shot) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", shot.name());
    object.put("label", shot.label());
    object.put("median_s", Summary.median(shot.seconds()));
    object.put("p95_s", Summary.p95(shot.seconds()));
    object.put("wall_s", shot.seconds());
    object.put("peak_mib", shot.mebibytes());
    return object;
  }

  private static Map<String, Object> keyed(Map<Integer, Double> values) {
    Map<String, Object> object = new LinkedHashMap<>();
    values.forEach((key, value) -> object.put(key.toString(), value));
    return object;
  }

  private static String text(Object value, String indent) {
    String inner = indent + "  ";
    if (value instanceof Map<?, ?> map) {
      return map.isEmpty()
          ? "{}"
          : map.entrySet().stream()
              .map(e -> inner + quoted(e.getKey().toString()) + ": " + text(e.getValue(), inner))
              .collect(Collectors.joining(",\n", "{\n", "\n" + indent + "}"));
    }
    if (value instanceof List<?> list) {
      return list.isEmpty()
          ? "[]"
          : list.stream()
              .map(item -> inner + text(item, inner))
              .collect(Collectors.joining(",\n", "[\n", "\n" + indent + "]"));
    }
    if (value instanceof double[] numbers) {
      return Arrays.stream(numbers)
          .mapToObj(JsonReport::number)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return value instanceof Double number ? number(number) : scalar(value);
  }

  private static String scalar(Object value) {
    return value instanceof Number ? value.toString() : quoted(String.valueOf(value));
  }

  /** Six digits; JSON knows no NaN. */
  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.6g", value) : "null";
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c < ' ' || c == '"' || c == '\\') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
