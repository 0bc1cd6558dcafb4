package org.qieemo;

import java.util.Objects;
import java.util.function.Consumer;
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
 * @param warnings is told, in one line each, what {@code auto} gives up, at first or during a call,
 *     and what else people should know; by the thread that notices. They are logged by default, and
 *     stand in {@link EmotionRecognizer#backend()}
 */
public record RecognizerOptions(
    String backend,
    String device,
    int threads,
    double maxSeconds,
    double expectedSeconds,
    Precision precision,
    Consumer<String> warnings) {
  /** The best back end, all processors, ten minutes, float32. */
  public static final RecognizerOptions DEFAULT =
      new RecognizerOptions(
          Backends.AUTO, "", 0, 600, Double.POSITIVE_INFINITY, Precision.F32, Backends::log);

  /** Checks the numbers. */
  public RecognizerOptions {
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(warnings, "warnings");
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
    return new RecognizerOptions(
        name, device, threads, maxSeconds, expectedSeconds, precision, warnings);
  }

  /** The same on another device. */
  public RecognizerOptions withDevice(String name) {
    return new RecognizerOptions(
        backend, name, threads, maxSeconds, expectedSeconds, precision, warnings);
  }

  /** The same with another number of threads. */
  public RecognizerOptions withThreads(int count) {
    return new RecognizerOptions(
        backend, device, count, maxSeconds, expectedSeconds, precision, warnings);
  }

  /** The same with another limit. */
  public RecognizerOptions withMaxSeconds(double seconds) {
    return new RecognizerOptions(
        backend, device, threads, seconds, expectedSeconds, precision, warnings);
  }

  /** The same for about so much audio in all; {@code classifyAll} and later calls count too. */
  public RecognizerOptions withExpectedSeconds(double seconds) {
    return new RecognizerOptions(
        backend, device, threads, maxSeconds, seconds, precision, warnings);
  }

  /** The same in another precision. */
  public RecognizerOptions withPrecision(Precision other) {
    return new RecognizerOptions(
        backend, device, threads, maxSeconds, expectedSeconds, other, warnings);
  }

  /** The same with another listener to warnings. */
  public RecognizerOptions withWarnings(Consumer<String> listener) {
    return new RecognizerOptions(
        backend, device, threads, maxSeconds, expectedSeconds, precision, listener);
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
