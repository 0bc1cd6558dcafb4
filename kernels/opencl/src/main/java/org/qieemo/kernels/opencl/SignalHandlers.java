package org.qieemo.kernels.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a driver has put signal handlers of its own in place of Java's. Java handles SIGSEGV
 * itself, for null checks and safepoints, all the time; LLVM, which drivers bring, installs
 * handlers for one signal each, then the default applies. Two threads that fault at once so end the
 * process without a message. With Java's libjsig preloaded, such handlers are chained behind
 * Java's.
 *
 * <p>Linux tells which signals are caught, not by whom. Whoever takes SIGSEGV to report crashes
 * takes others that end a process as well, which Java leaves alone: those are looked for.
 * Stateless.
 *
 * @param process folder below /proc
 */
record SignalHandlers(Path process) {
  /** SIGTRAP, SIGABRT, SIGXCPU and SIGSYS of Linux, as bits of SigCgt. */
  private static final long OF_CRASHES = bit(5) | bit(6) | bit(24) | bit(31);

  private static final String CAUGHT = "SigCgt:";
  private static final String CHAINING = "libjsig";

  private static long bit(int signal) {
    return 1L << (signal - 1);
  }

  /** What is known. */
  enum State {
    /** No driver took over signals. */
    JAVAS,
    /** A driver took over signals, and Java's handlers come first all the same. */
    CHAINED,
    /** A driver took over signals. */
    REPLACED
  }

  /** Those of this process. */
  static SignalHandlers here() {
    return new SignalHandlers(Path.of("/proc/self"));
  }

  /** Signals of crashes that are caught now, as bits; -1 if that cannot be told. */
  long caught() {
    try (Stream<String> lines = Files.lines(process.resolve("status"))) {
      String mask =
          lines.filter(line -> line.startsWith(CAUGHT)).findFirst().orElseThrow(IOException::new);
      return Long.parseUnsignedLong(mask.substring(CAUGHT.length()).strip(), 16) & OF_CRASHES;
    } catch (IOException | RuntimeException e) { // another system, or a /proc unlike Linux's
      return -1;
    }
  }

  /**
   * What has happened; empty where the system does not tell.
   *
   * @param before {@link #caught()} before a driver was loaded
   */
  Optional<State> since(long before) {
    long now = caught();
    if (before == -1 || now == -1) {
      return Optional.empty();
    }
    if ((now & ~before) == 0) {
      return Optional.of(State.JAVAS);
    }
    return Optional.of(chains() ? State.CHAINED : State.REPLACED);
  }

  private boolean chains() {
    try (Stream<String> lines = Files.lines(process.resolve("maps"))) {
      return lines.anyMatch(line -> line.contains(CHAINING));
    } catch (IOException | RuntimeException e) { // then say how it is made sure
      return false;
    }
  }

  /** What to do about {@link State#REPLACED}. */
  static String remedy() {
    Path library = Path.of(System.getProperty("java.home", ""), "lib", "libjsig.so");
    String named = Files.exists(library) ? library.toString() : "a JDK's lib/libjsig.so";
    return "set LD_PRELOAD=" + named + " before Java starts";
  }

  /** One line for people, as part of a list of devices. */
  static String describe(State state) {
    return switch (state) {
      case JAVAS -> "signals: the driver left Java's handlers alone";
      case CHAINED ->
          "signals: the driver has handlers of its own, chained behind Java's by libjsig";
      case REPLACED ->
          "signals: the driver replaced Java's handlers, so that the process may end without a"
              + " message while threads run at once: "
              + remedy();
    };
  }
}
