package org.qieemo.bench.side;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fresh processes: their output, wall time and peak memory. */
final class Processes {
  private static final Path SELF = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";
  private static final double KIB_PER_MIB = 1024;
  private static final long POLL_MILLIS = 2;

  private Processes() {}

  /** What a process printed on standard output, and how long it ran, start to end. */
  record Run(String output, double seconds) {}

  /** Whether this system tells a process's peak memory. */
  static boolean tellPeakMemory() {
    return Files.isReadable(SELF);
  }

  /** A command of this Java with these options and arguments, as the launcher sets it up. */
  static List<String> java(boolean vectorModule, String... rest) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (vectorModule) {
      command.add("--add-modules=jdk.incubator.vector");
    }
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of(rest));
    return command;
  }

  /**
   * Runs a command to its end.
   *
   * @throws IOException if it cannot start or fails
   */
  static Run run(List<String> command) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process = start(command);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    finish(process, command);
    return new Run(output, (System.nanoTime() - begin) * 1e-9);
  }

  /**
   * Runs a command and gives its peak resident memory in MiB, read until shortly before its end.
   */
  static double peakMemory(List<String> command) throws IOException, InterruptedException {
    Process process = start(command);
    process.getOutputStream().close();
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    double peak = 0;
    while (process.isAlive()) {
      peak = Math.max(peak, peakMemory(status));
      Thread.sleep(POLL_MILLIS);
    }
    finish(process, command);
    return peak;
  }

  /** This process's peak resident memory in MiB. */
  static double ownPeakMemory() throws IOException {
    return peakMemory(SELF);
  }

  /** 0 for a process that is ending: it has no memory any more. */
  private static double peakMemory(Path status) {
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith(PEAK))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / KIB_PER_MIB)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private static Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("QIEEMO_JAVA_OPTS");
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static void finish(Process process, List<String> command)
      throws IOException, InterruptedException {
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException("exit code " + code + " of: " + String.join(" ", command));
    }
  }
}
