package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** How far a long run says that it is. */
class EvaluateProgressTest {
  @Test
  void saysSpeedAndTimeLeft() {
    assertEquals(
        "10 of 100 files, 1.0 h of audio, 2.0 files/s, 720 times real time, 0:45 left",
        Progress.line(10, 100, 3600, 5));
    assertEquals(
        "1 of 3601 files, 0.0 h of audio, 1.0 files/s, 2 times real time, 1:00:00 left",
        Progress.line(1, 3601, 2, 1));
  }

  @Test
  void aTerminalsLineIsReplacedAndWipedBeforeAnyOther() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    Console console = new Console(stream, stream, false, true);
    console.progress("abc");
    console.progress("d");
    console.error("bad");
    console.progress("e");
    console.line("result");
    String blank = "\r" + " ".repeat("qieemo: d".length()) + "\r";
    assertEquals(
        "\rqieemo: abc\rqieemo: d  " + blank + "qieemo: bad\n\rqieemo: e" + blank + "result\n",
        bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aPipeGetsWholeLines() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    Progress progress = new Progress(new Console(stream, stream, false), true, 100);
    for (int i = 0; i < 100; i++) {
      progress.file(1);
    }
    progress.end();
    assertEquals(20, bytes.toString(StandardCharsets.UTF_8).lines().count());
  }
}
