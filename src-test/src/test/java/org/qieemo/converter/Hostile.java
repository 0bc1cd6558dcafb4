package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.ByteSource;

/** What every loader promises on hostile bytes. */
final class Hostile {
  private static final Pattern TRUNCATED =
      Pattern.compile(
          "truncated|the file is empty|found something else|no safetensors file|a bare pickle");

  private Hostile() {}

  /** A loader under test. */
  interface Loader {
    Object load(ByteSource source) throws IOException;
  }

  /** The loader refuses the bytes, and says why; it allocates little for it. */
  static ModelFormatException refused(Loader loader, byte[] bytes, String reason) {
    ModelFormatException e = refused(loader, bytes);
    assertTrue(e.reason().contains(reason), () -> "expected '" + reason + "': " + e.getMessage());
    assertTrue(e.getMessage().indexOf('\n') < 0, "one line");
    long budget = (1 << 20) + 17L * bytes.length; // the payload once, 16 x the header at most
    long used = allocatedBy(loader, bytes); // not by the first load, which may load classes
    assertTrue(used <= budget, () -> used + " bytes allocated for " + bytes.length);
    return e;
  }

  private static ModelFormatException refused(Loader loader, byte[] bytes) {
    ByteSource source = new ArraySource(bytes);
    return Assertions.assertThrows(ModelFormatException.class, () -> loader.load(source));
  }

  private static long allocatedBy(Loader loader, byte[] bytes) {
    long before = allocated();
    refused(loader, bytes);
    return allocated() - before;
  }

  /** Each proper prefix of a good file is refused, and nothing else happens. */
  static void truncatedEverywhere(Loader loader, byte[] good) throws IOException {
    loader.load(new ArraySource(good));
    for (int length = 0; length < good.length; length++) {
      byte[] prefix = java.util.Arrays.copyOf(good, length);
      ModelFormatException e =
          Assertions.assertThrows(
              ModelFormatException.class,
              () -> loader.load(new ArraySource(prefix)),
              "length " + length);
      assertTrue(TRUNCATED.matcher(e.reason()).find(), "length " + length + ": " + e.reason());
    }
  }

  /** Flipping any bit of a good file gives a result or a typed exception. */
  static void flippedEverywhere(Loader loader, byte[] good) throws IOException {
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        loader.load(new ArraySource(bad));
      } catch (ModelFormatException e) {
        assertTrue(e.reason().length() > 5, e.getMessage());
      }
    }
  }

  private static long allocated() {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return bean.getCurrentThreadAllocatedBytes();
  }
}
