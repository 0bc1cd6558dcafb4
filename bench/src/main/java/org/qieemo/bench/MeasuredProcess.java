package org.qieemo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a process took, read until shortly before its end (Linux).
 *
 * @param seconds from start to end
 * @param cpuSeconds of all its threads
 * @param peakMib peak resident memory
 */
record MeasuredProcess(double seconds, double cpuSeconds, double peakMib) {
  private static final long POLL_MILLIS = 20;
  private static final double KIB_PER_MIB = 1024;
  private static final String PEAK = "VmHWM:";

  /**
   * Runs a command to its end.
   *
   * @param output gets its standard output
   * @throws IOException if it cannot start or fails
   */
  static MeasuredProcess run(List<String> command, Path output)
      throws IOException, InterruptedException {
    Path errors = Files.createTempFile("errors", ".txt");
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    process.getOutputStream().close();
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    double peak = 0;
    double cpu = 0;
    while (process.isAlive()) {
      peak = Math.max(peak, peak(status));
      cpu = Math.max(cpu, seconds(process.info().totalCpuDuration().orElse(Duration.ZERO)));
      Thread.sleep(POLL_MILLIS);
    }
    double seconds = (System.nanoTime() - begin) * 1e-9;
    String said = Files.readString(errors);
    Files.delete(errors);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return new MeasuredProcess(seconds, cpu, peak);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() * 1e-9;
  }

  /** 0 for a process that is ending: it has no memory any more. */
  private static double peak(Path status) {
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
}
