package org.qieemo.kernels.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qieemo.kernels.opencl.SignalHandlers.State;

/**
 * Reads what Linux says of a process; masks as a HotSpot process has them without and with PoCL.
 */
class SignalHandlersTest {
  private static final String JAVAS = "2000000101005ccf";
  private static final String POCLS = "2000000141805eff";

  @TempDir Path process;

  private void write(String caught, String mapped) throws IOException {
    String status =
        "Name:\tjava\nSigIgn:\t0000000000000000\nSigCgt:\t" + caught + "\nThreads:\t9\n";
    Files.writeString(process.resolve("status"), status);
    Files.writeString(process.resolve("maps"), "7f00-7f01 r-xp 0 00:00 0 " + mapped + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    JAVAS + ", /lib/libc.so.6, JAVAS",
    JAVAS + ", /jdk/lib/libjsig.so, JAVAS",
    POCLS + ", /lib/libc.so.6, REPLACED",
    POCLS + ", /jdk/lib/libjsig.so, CHAINED",
    "2000000101005cef, /lib/libc.so.6, REPLACED", // SIGABRT alone
    "2000000101005edf, /lib/libc.so.6, REPLACED", // SIGTRAP
    "2000000101005ecf, /lib/libc.so.6, JAVAS" // SIGUSR1, which programs use for themselves
  })
  void handlersOfCrashesThatJavaDoesNotUse(String now, String mapped, State expected)
      throws IOException {
    SignalHandlers handlers = new SignalHandlers(process);
    write(JAVAS, "/lib/libc.so.6");
    long before = handlers.caught();
    write(now, mapped);
    assertEquals(Optional.of(expected), handlers.since(before));
  }

  @Test
  void whatWasThereBeforeIsNotTheDrivers() throws IOException {
    SignalHandlers handlers = new SignalHandlers(process);
    write(POCLS, "/lib/libc.so.6");
    assertEquals(Optional.of(State.JAVAS), handlers.since(handlers.caught()));
  }

  @Test
  void withoutLinuxNothingIsClaimed() throws IOException {
    SignalHandlers handlers = new SignalHandlers(process.resolve("none"));
    assertEquals(-1, handlers.caught());
    assertEquals(Optional.empty(), handlers.since(0));
    write("no number", "");
    assertEquals(-1, new SignalHandlers(process).caught());
    assertEquals(Optional.empty(), new SignalHandlers(process).since(0));
  }

  @Test
  void everyStateIsSaidInOneLine() {
    for (State state : State.values()) {
      assertEquals(1, SignalHandlers.describe(state).lines().count());
      assertTrue(SignalHandlers.describe(state).startsWith("signals: "));
    }
    assertNotEquals(SignalHandlers.describe(State.JAVAS), SignalHandlers.describe(State.CHAINED));
    assertTrue(SignalHandlers.describe(State.REPLACED).contains(SignalHandlers.remedy()));
  }
}
