package org.qieemo.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.qieemo.FormatException;

/**
 * What every loader promises on any bytes: a result, or a typed exception of one line; little
 * memory; linear time. A broken promise is an {@link AssertionError}.
 */
final class Oracle {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int MAX_MESSAGE = 2000;
  private static final long FREE_BYTES = 1 << 20;
  private static final int HEADER_FACTOR = 16;
  private static final int PAYLOAD_FACTOR = 1;

  /** CPU time, so that a busy machine does not matter: far above what any input needs. */
  private static final long FREE_NANOS = 3_000_000_000L;

  private static final long NANOS_PER_BYTE = 20_000;

  private Oracle() {}

  /** A load. */
  @FunctionalInterface
  interface Loader<T> {
    T load() throws IOException;
  }

  /**
   * Loads, with the limits that hold for a file of some size.
   *
   * @return what was loaded, or null where it was refused
   */
  static <T> T check(long fileBytes, Loader<T> loader) {
    return within(FREE_BYTES + (HEADER_FACTOR + PAYLOAD_FACTOR) * fileBytes, fileBytes, loader);
  }

  /** The same, with another limit of allocated bytes. */
  static <T> T within(long bytes, long fileBytes, Loader<T> loader) {
    Run<T> run = Run.of(loader);
    if (run.allocated > bytes || run.nanos > FREE_NANOS + NANOS_PER_BYTE * fileBytes) {
      run = Run.of(loader); // the first one may have loaded classes, which is no fault of the file
    }
    if (run.allocated > bytes) {
      throw new AssertionError(
          run.allocated + " bytes allocated for a file of " + fileBytes + ", allowed " + bytes);
    }
    if (run.nanos > FREE_NANOS + NANOS_PER_BYTE * fileBytes) {
      throw new AssertionError(run.nanos / 1_000_000 + " ms for a file of " + fileBytes + " bytes");
    }
    return run.result;
  }

  /** A load and what it took. */
  private record Run<T>(T result, long allocated, long nanos) {
    static <T> Run<T> of(Loader<T> loader) {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      long nanos = THREADS.getCurrentThreadCpuTime();
      T result = Oracle.load(loader);
      nanos = THREADS.getCurrentThreadCpuTime() - nanos;
      allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
      return new Run<>(result, allocated, nanos);
    }
  }

  private static <T> T load(Loader<T> loader) {
    try {
      return loader.load();
    } catch (FormatException e) {
      String message = e.getMessage();
      boolean line = message.length() < MAX_MESSAGE && message.chars().noneMatch(c -> c < ' ');
      if (!line || e.reason().length() < 5) {
        throw new AssertionError("not one line with a reason: " + message, e);
      }
      return null;
    } catch (IOException e) {
      throw new AssertionError("an exception that is not typed", e);
    }
  }
}
