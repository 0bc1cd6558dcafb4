package org.qieemo;

import java.util.Objects;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Precision;

/**
 * How a recognizer runs.
 *
 * @param backend {@code auto}, {@code cpu}, or another back end on the path
 * @param device which of several devices of a back end, by its index in {@code qieemo doctor} or
 *     part of its name; empty: the best
 * @param threads CPU threads per call; 0: as many as the processors that the JVM may use
 * @param maxSeconds longest audio accepted by one call: time grows with its square
 * @param expectedSeconds about how much audio will be heard in all, infinity if that is not known.
 *     For little audio the CPU back end takes the kernels that answer soonest from a cold start
 *     instead of the fastest ones; the choice is made once, when the model is loaded
 * @param precision of the factors of matrix products; a back end named that lacks it is an error,
 *     {@code auto} computes in float32 then, and warns
 */
public record RecognizerOptions(
    String backend,
    String device,
    int threads,
    double maxSeconds,
    double expectedSeconds,
    Precision precision) {
  /** The best back end, all processors, ten minutes, float32. */
  public static final RecognizerOptions DEFAULT =
      new RecognizerOptions(Backends.AUTO, "", 0, 600, Double.POSITIVE_INFINITY, Precision.F32);

  /** Checks the numbers. */
  public RecognizerOptions {
    Objects.requireNonNull(precision, "precision");
    if (!(maxSeconds > 0)) {
      throw new IllegalArgumentException("maxSeconds must be above 0, found " + maxSeconds);
    }
    if (!(expectedSeconds >= 0)) {
      throw new IllegalArgumentException(
          "expectedSeconds must be 0 or more, found " + expectedSeconds);
    }
  }

  /** The same with another back end. */
  public RecognizerOptions withBackend(String name) {
    return new RecognizerOptions(name, device, threads, maxSeconds, expectedSeconds, precision);
  }

  /** The same on another device. */
  public RecognizerOptions withDevice(String name) {
    return new RecognizerOptions(backend, name, threads, maxSeconds, expectedSeconds, precision);
  }

  /** The same with another number of threads. */
  public RecognizerOptions withThreads(int count) {
    return new RecognizerOptions(backend, device, count, maxSeconds, expectedSeconds, precision);
  }

  /** The same with another limit. */
  public RecognizerOptions withMaxSeconds(double seconds) {
    return new RecognizerOptions(backend, device, threads, seconds, expectedSeconds, precision);
  }

  /** The same for about so much audio in all; {@code classifyAll} and later calls count too. */
  public RecognizerOptions withExpectedSeconds(double seconds) {
    return new RecognizerOptions(backend, device, threads, maxSeconds, seconds, precision);
  }

  /** The same in another precision. */
  public RecognizerOptions withPrecision(Precision other) {
    return new RecognizerOptions(backend, device, threads, maxSeconds, expectedSeconds, other);
  }

  /**
   * What the back end is asked for.
   *
   * @param workPerSecond multiply-adds for a second of audio, about
   */
  BackendOptions backendOptions(double workPerSecond) {
    double work = workPerSecond * expectedSeconds;
    return new BackendOptions(
        threads, device, work < Long.MAX_VALUE ? (long) work : Long.MAX_VALUE, precision);
  }
}
