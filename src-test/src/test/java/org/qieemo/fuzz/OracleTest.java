package org.qieemo.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;

/** The oracle of the fuzz targets sees what it must. */
class OracleTest {
  @Test
  void keepsWhatIsFine() {
    assertEquals(7, Oracle.check(5, () -> 7));
    assertNull(Oracle.check(5, () -> refuse("a reason")));
  }

  @Test
  void seesMemory() {
    assertThrows(AssertionError.class, () -> Oracle.check(5, () -> new byte[2 << 20].length));
    assertEquals(100_000, Oracle.check(5, () -> new byte[100_000].length));
  }

  @Test
  void seesTime() {
    assertThrows(AssertionError.class, () -> Oracle.check(5, OracleTest::spin));
  }

  @Test
  void seesOtherExceptions() {
    Oracle.Loader<Object> io =
        () -> {
          throw new IOException("disk");
        };
    assertThrows(AssertionError.class, () -> Oracle.check(5, io));
    assertThrows(
        ArithmeticException.class, () -> Oracle.check(5, () -> Math.multiplyExact(1 << 30, 4)));
    assertThrows(AssertionError.class, () -> Oracle.check(5, () -> refuse("")));
  }

  @Test
  void messagesAreOneLineWhateverTheFileSays() {
    FormatException e = new FormatException("a\nb", 3, "key '\r\0" + "k".repeat(100_000) + "'");
    assertTrue(e.getMessage().startsWith("a\\x0ab: at byte 3: key '\\x0d\\x00kkk"), e.getMessage());
    assertTrue(e.getMessage().length() < 1100);
  }

  private static Object refuse(String reason) throws ModelFormatException {
    throw new ModelFormatException("x", 0, reason);
  }

  private static long spin() {
    long turns = 0;
    var threads = java.lang.management.ManagementFactory.getThreadMXBean();
    long end = threads.getCurrentThreadCpuTime() + 3_500_000_000L;
    while (threads.getCurrentThreadCpuTime() < end) {
      turns++;
    }
    return turns;
  }
}
