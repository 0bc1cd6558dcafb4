package org.qieemo;

import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;

/**
 * How a recognizer runs.
 *
 * @param backend {@code auto}, {@code cpu}, or another back end on the path
 * @param device which of several devices of a back end, by its index in {@code qieemo doctor} or
 *     part of its name; empty: the best
 * @param threads CPU threads per call; 0: as many as the processors that the JVM may use
 * @param maxSeconds longest audio accepted by one call: time grows with its square
 */
public record RecognizerOptions(String backend, String device, int threads, double maxSeconds) {
  /** The best back end, all processors, ten minutes. */
  public static final RecognizerOptions DEFAULT = new RecognizerOptions(Backends.AUTO, "", 0, 600);

  /** Checks the numbers. */
  public RecognizerOptions {
    if (!(maxSeconds > 0)) {
      throw new IllegalArgumentException("maxSeconds must be above 0, found " + maxSeconds);
    }
  }

  /** The same with another back end. */
  public RecognizerOptions withBackend(String name) {
    return new RecognizerOptions(name, device, threads, maxSeconds);
  }

  /** The same on another device. */
  public RecognizerOptions withDevice(String name) {
    return new RecognizerOptions(backend, name, threads, maxSeconds);
  }

  /** The same with another number of threads. */
  public RecognizerOptions withThreads(int count) {
    return new RecognizerOptions(backend, device, count, maxSeconds);
  }

  /** The same with another limit. */
  public RecognizerOptions withMaxSeconds(double seconds) {
    return new RecognizerOptions(backend, device, threads, seconds);
  }

  BackendOptions backendOptions() {
    return new BackendOptions(threads, device);
  }
}
