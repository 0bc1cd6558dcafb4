package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.qieemo.AudioFormatException;
import org.qieemo.InvalidAudioException;
import org.qieemo.kernels.BackendException;

/** What people read when something fails. */
class FailuresTest {
  @Test
  void messagesForUsersStayAsTheyAre() {
    assertEquals("too short", Failures.reason(new InvalidAudioException("too short")));
    assertEquals("no such back end", Failures.reason(new BackendException("no such back end")));
    assertEquals("at byte 12: odd", Failures.reason(new AudioFormatException("a.wav", 12, "odd")));
    assertEquals(
        "x.wav: at byte 12: odd",
        Failures.line("x.wav", new AudioFormatException("a.wav", 12, "odd")));
  }

  @Test
  void theSystemsExceptionsBecomeWords() {
    assertEquals("no such file or folder", Failures.reason(new NoSuchFileException("a")));
    assertEquals("permission denied", Failures.reason(new AccessDeniedException("a")));
    assertEquals(
        "No space left on device",
        Failures.reason(new FileSystemException("a", null, "No space left on device")));
    assertEquals("gone", Failures.reason(new IOException("gone")));
    assertTrue(Failures.reason(new InvalidPathException("a\0", "Nul")).contains("UTF-8"));
    assertTrue(Failures.reason(new OutOfMemoryError("Java heap space")).contains("-Xmx"));
  }

  @Test
  void anythingElseIsABugToReport() {
    for (Throwable bug :
        new Throwable[] {
          new NullPointerException(), new IllegalArgumentException("x"), new StackOverflowError()
        }) {
      String reason = Failures.reason(bug);
      assertTrue(reason.startsWith("internal error: " + bug), reason);
      assertTrue(reason.contains("please report"), reason);
    }
  }
}
