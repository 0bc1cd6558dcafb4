package org.qieemo.bench.side;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where and how a run was made. */
final class About {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Path LOAD = Path.of("/proc/loadavg");

  private About() {}

  static Map<String, String> of(String... args) throws IOException {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    about.put("arguments", args.length == 0 ? "none" : String.join(" ", args));
    about.put(
        "Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    about.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    about.put(
        "processor",
        cpu() + ", " + Runtime.getRuntime().availableProcessors() + " for this process");
    if (Files.isReadable(LOAD)) {
      about.put("load average at the start", Files.readString(LOAD).split(" ")[0]);
    }
    about.put("ONNX Runtime", onnxRuntime());
    return about;
  }

  private static String onnxRuntime() {
    try {
      return OrtEnvironment.getEnvironment().getVersion();
    } catch (LinkageError e) {
      return "not loaded";
    }
  }

  private static String cpu() throws IOException {
    if (!Files.isReadable(CPU_INFO)) {
      return "unknown";
    }
    return Files.readAllLines(CPU_INFO).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
