package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code qieemo classify --timeline --output FILE --resume}. */
class TimelineResumeTest {
  @TempDir static Path folder;
  private static Path model;
  private static List<Object> files; // in order; two are the same, two are bad

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    Path first = TestWav.tone(folder.resolve("a, \"quoted\".wav"), 4.5);
    Path second = TestWav.tone(folder.resolve("b.wav"), 2.5);
    Path broken = TestWav.truncated(folder.resolve("c.wav"));
    files = List.of(first, broken, second, second, folder.resolve("none.wav"), first);
  }

  private static Cli.Result timeline(List<?> inputs, Path output, Object... more) {
    List<Object> all = new ArrayList<>(List.of("classify", "--timeline", "--every-hop"));
    all.addAll(List.of("--model", model, "--window=2", "--output", output));
    all.addAll(List.of(more));
    all.addAll(inputs);
    return Cli.run(all.toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--format=csv", "--format=jsonl"})
  void aFailureIsARow(String format) throws IOException {
    Path output = folder.resolve("rows" + format);
    Cli.Result result = timeline(files, output, format);
    assertEquals(1, result.code());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().startsWith("qieemo: 6 files, 2 failed, 0:14 of audio"), result.err());
    List<String> rows = Files.readAllLines(output);
    int header = format.endsWith("csv") ? 1 : 0;
    assertEquals(header + 5 + 1 + 3 + 3 + 1 + 5, rows.size(), String.join("\n", rows));
    String bad = rows.get(header + 12);
    assertTrue(bad.contains("none.wav") && bad.contains("no such file"), bad);
  }

  @Test
  void everyCsvRowHasAllColumns() throws IOException {
    Path output = folder.resolve("columns.csv");
    timeline(files, output, "--format=csv", "--words");
    List<CsvRecord> records = CsvReader.parse("result", Files.readString(output));
    for (CsvRecord record : records) {
      assertEquals(10, record.fields().size(), record.toString());
    }
    assertEquals("word", records.get(0).fields().get(8));
    assertEquals("error", records.get(0).fields().get(9));
    List<String> failed =
        records.stream()
            .map(CsvRecord::fields)
            .filter(fields -> fields.get(0).equals(files.get(1).toString()))
            .findFirst()
            .orElseThrow();
    assertEquals(List.of("", "", "", ""), failed.subList(1, 5));
    assertTrue(failed.get(9).length() > 10, failed.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "jsonl", "csv --words", "jsonl --words"})
  void aRunCutAtAnyByteResumesToTheSameBytes(String format) throws IOException {
    Object[] options = ("--format=" + format).split(" ");
    Path whole = folder.resolve("whole." + format);
    assertEquals(1, timeline(files, whole, options).code());
    byte[] expected = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut." + format);
    Object[] resuming = with(options, "--resume");
    for (int i = 0; i <= 24; i++) {
      int length = (int) ((long) expected.length * i / 24) - (i % 3 == 1 ? 1 : 0);
      Files.write(cut, Arrays.copyOf(expected, length));
      Cli.Result result = timeline(files, cut, resuming);
      assertEquals(1, result.code(), result.err());
      assertArrayEquals(expected, Files.readAllBytes(cut), "cut at " + length);
    }
  }

  private static Object[] with(Object[] words, Object more) {
    Object[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = more;
    return all;
  }

  /** kill -9 in the middle of a long recording, then --resume. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "jsonl"})
  void aKilledRunResumesToTheSameBytes(String format) throws Exception {
    Path length = TestWav.tone(folder.resolve("long.wav"), 300);
    List<Object> inputs = List.of(files.get(0), length, files.get(2));
    Path whole = folder.resolve("unbroken." + format);
    String[] options = {"--format=" + format, "--hop=0.1"};
    assertEquals(0, timeline(inputs, whole, (Object[]) options).code());
    byte[] expected = Files.readAllBytes(whole);
    Path killed = folder.resolve("killed." + format);
    kill(inputs, format, killed, expected.length / 10);
    long left = Files.size(killed);
    assertTrue(left < expected.length, "it was over before it was killed");
    Cli.Result result = timeline(inputs, killed, options[0], options[1], "--resume");
    assertEquals(0, result.code(), result.err());
    assertTrue(result.err().startsWith("qieemo: 2 files (and 1 from before)"), result.err());
    assertArrayEquals(expected, Files.readAllBytes(killed), "killed at " + left);
  }

  private static void kill(List<Object> inputs, String format, Path output, long size)
      throws Exception {
    List<Object> command =
        new ArrayList<>(
            List.of(
                "classify",
                "--timeline",
                "--every-hop",
                "--window=2",
                "--hop=0.1",
                "--model=" + model,
                "--format=" + format,
                "--output=" + output));
    command.addAll(inputs);
    Cli.runAndKill(output, size, command);
  }

  @Test
  void filesBeforeTheLastAreNotHeardAgain() throws IOException {
    Path gone = TestWav.tone(folder.resolve("gone.wav"), 3);
    List<Object> inputs = List.of(gone, files.get(2));
    Path output = folder.resolve("once.jsonl");
    assertEquals(0, timeline(inputs, output, "--format=jsonl").code());
    byte[] expected = Files.readAllBytes(output);
    Files.write(gone, new byte[0]);
    Cli.Result result = timeline(inputs, output, "--format=jsonl", "--resume");
    assertEquals(0, result.code(), result.err());
    assertArrayEquals(expected, Files.readAllBytes(output));
  }

  @Test
  void otherOptionsOrFilesAreNotMixedIn() throws IOException {
    Path output = folder.resolve("mixed.jsonl");
    timeline(files.subList(0, 3), output, "--format=jsonl");
    byte[] expected = Files.readAllBytes(output);
    for (List<Object> other :
        List.<List<Object>>of(
            List.of("--hop=0.5"), List.of("--prior=anger=1,joy=9,sadness \"quoted\"=1"))) {
      List<Object> more = new ArrayList<>(List.of("--format=jsonl", "--resume"));
      more.addAll(other);
      refused(timeline(files.subList(0, 3), output, more.toArray()), "comes out differently now");
      assertArrayEquals(expected, Files.readAllBytes(output));
    }
    refused(
        timeline(files.subList(1, 3), output, "--format=jsonl", "--resume"),
        "mixed.jsonl: line 1 is not about");
    refused(
        timeline(files.subList(0, 1), output, "--format=jsonl", "--resume"),
        "line 6 follows the last of the files");
    refused(
        timeline(files.subList(0, 3), output, "--format=csv", "--resume"),
        "line 1 is not the header");
    refused(timeline(files, output, "--format=jsonl"), "exists already");
  }

  /** A recording that has become shorter gives fewer rows than stand there. */
  @Test
  void aShorterRecordingIsNoticed() throws IOException {
    Path voice = TestWav.tone(folder.resolve("shrinks.wav"), 4);
    Path output = folder.resolve("shrinks.csv");
    timeline(List.of(voice), output, "--format=csv");
    byte[] expected = Files.readAllBytes(output);
    TestWav.tone(voice, 3);
    refused(
        timeline(List.of(voice), output, "--format=csv", "--resume"), "comes out differently now");
    assertArrayEquals(expected, Files.readAllBytes(output));
  }

  private static void refused(Cli.Result result, String why) {
    assertEquals(1, result.code(), result.err());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().contains(why), result.err());
  }
}
