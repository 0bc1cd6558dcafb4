package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standard output: streamed line by line, and closed by an impatient reader. */
class OutputTest {
  @TempDir Path folder;

  @Test
  void aReaderThatHasSeenEnoughStopsTheCommandSilently() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    int code = Main.run(new String[] {"--help"}, new PrintStream(closed), new PrintStream(err));
    assertEquals(1, code);
    assertEquals("", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void resultsAreFlushedOneByOne() throws IOException {
    Path model = TinyModel.whole(folder.resolve("tiny.gguf"));
    Path tone = TestWav.tone(folder.resolve("tone.wav"), 0.5);
    List<Integer> linesAtFlush = new ArrayList<>();
    ByteArrayOutputStream bytes =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            linesAtFlush.add((int) toString(StandardCharsets.UTF_8).lines().count());
          }
        };
    String[] words = {"classify", "--model", model.toString(), tone.toString(), tone.toString()};
    assertEquals(0, Main.run(words, new PrintStream(bytes), new PrintStream(bytes)));
    assertTrue(linesAtFlush.containsAll(List.of(1, 2)), linesAtFlush.toString());
  }

  @Test
  void aFullDiskIsAProblemAndAClosedPipeIsNone() {
    assertEquals("No space left on device", problem("No space left on device"));
    assertEquals("none", problem("Broken pipe"));
  }

  private static String problem(String failure) {
    PipedOutput output =
        new PipedOutput(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException(failure);
              }
            });
    new PrintStream(output, true, StandardCharsets.UTF_8).println("x");
    return output.problem().orElse("none");
  }
}
