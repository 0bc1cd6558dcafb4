package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code qieemo classify} over folders and lists: order, bad files, resuming. */
class ArchiveTest {
  private static final int GOOD = 9;

  @TempDir static Path folder;
  private static Path model;
  private static Path archive;
  private static List<Path> files; // in order

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    archive = Files.createDirectories(folder.resolve("archive/b/c")).getParent().getParent();
    files = new ArrayList<>();
    for (int i = 0; i < GOOD; i++) {
      // the first is the longest, so that others are ready before it
      files.add(TestWav.tone(archive.resolve("a" + i + ".wav"), i == 0 ? 6 : 0.5 + 0.1 * i));
    }
    files.add(TestWav.tone(archive.resolve("b/c/deep, \"quoted\".WAV"), 0.6));
    files.add(Files.writeString(archive.resolve("b/music.flac"), "fLaC" + "x".repeat(60)));
    files.add(TestWav.truncated(archive.resolve("z.wav")));
    Files.writeString(archive.resolve("notes.txt"), "no audio");
  }

  private static Cli.Result classify(Object... words) {
    List<Object> all = new ArrayList<>(List.of("classify", "--model", model));
    all.addAll(List.of(words));
    return Cli.run(all.toArray());
  }

  @Test
  void aFolderIsHeardInTheOrderOfNamesWhateverIsBad() {
    Cli.Result result = classify(archive, "--format=jsonl", "--threads=4");
    assertEquals(1, result.code());
    List<Map<String, Object>> rows = result.outLines().stream().map(StrictJson::object).toList();
    assertEquals(
        files.stream().map(Path::toString).toList(),
        rows.stream().map(r -> r.get("file")).toList());
    assertEquals(
        List.of(files.get(10).toString(), files.get(11).toString()),
        rows.stream().filter(r -> r.containsKey("error")).map(r -> r.get("file")).toList());
    assertTrue(rows.get(10).get("error").toString().contains("FLAC"), "says what it is");
    assertTrue(rows.get(10).get("error").toString().contains("ffmpeg -i"), "says what to do");
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().startsWith("qieemo: 12 files, 2 failed, 0:1"), result.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "json", "csv", "text"})
  void theNumberOfWorkersChangesNothing(String format) {
    String one = classify(archive, "--format", format, "--threads=1").out();
    assertEquals(one, classify(archive, "--format", format, "--threads=5").out());
    assertFalse(one.isEmpty());
  }

  @Test
  void csvHasAColumnPerLabelAndTheError() throws IOException {
    Cli.Result result = classify(archive, "--format=csv");
    List<CsvRecord> records = CsvReader.parse("result", result.out());
    assertEquals(
        List.of(
            "file",
            "duration",
            "label",
            "confidence",
            "anger",
            "joy",
            "sadness \"quoted\"",
            "error"),
        records.get(0).fields());
    assertEquals(1 + files.size(), records.size());
    List<String> good = records.get(1).fields();
    assertEquals(6.0, Double.parseDouble(good.get(1)));
    Map<String, Object> json = StrictJson.object(classify(files.get(0), "--format=jsonl").out());
    assertEquals(json.get("confidence"), Double.parseDouble(good.get(3)));
    assertEquals(((Map<?, ?>) json.get("scores")).get("joy"), Double.parseDouble(good.get(5)));
    assertEquals(files.get(9).toString(), records.get(10).fields().get(0));
    assertTrue(records.get(11).fields().get(7).contains("FLAC"));
  }

  @Test
  void globsChooseByNameOrPath() {
    assertEquals(GOOD, classify(archive, "--include=a*.wav").outLines().size());
    assertEquals(1, classify(archive, "--include=b/**.WAV").outLines().size());
    Cli.Result none = classify(archive, "--include=*.ogg", "--format=jsonl");
    assertEquals(1, none.code());
    assertEquals(1, none.outLines().size());
    assertTrue(none.out().contains("\"error\":\"no audio in this folder"), none.out());
  }

  /** It is read, never written: nobody could write there what --resume compares. */
  @Test
  void case69EndlessListsAndManifests() throws IOException {
    Path zero = Path.of("/dev/zero");
    Assumptions.assumeTrue(Files.exists(zero), "skipped: needs /dev/zero");
    Cli.Result list = classify("--list", zero);
    assertEquals(1, list.code());
    assertTrue(list.err().contains("/dev/zero: more than 64 MiB: no list of files"), list.err());
    String manifest =
        assertThrows(FileFailure.class, () -> Manifest.read(zero.toString())).getMessage();
    assertTrue(manifest.contains("/dev/zero: more than 64 MiB"), manifest);
    String resumed =
        assertThrows(
                FileFailure.class,
                () -> ResultFile.resume(zero.toString(), (number, offset, text) -> {}))
            .getMessage();
    assertTrue(resumed.contains("is a folder or device"), resumed);
  }

  @Test
  void listsNameFilesAndFolders() throws IOException {
    Path list = folder.resolve("list.txt");
    Files.writeString(list, files.get(3) + "\n\n" + files.get(1) + "\n" + archive.resolve("b/c"));
    Cli.Result result = classify("--list", list, files.get(2), "--format=jsonl");
    assertEquals(0, result.code(), result.err());
    assertEquals(
        List.of(files.get(2), files.get(3), files.get(1), files.get(9)).toString(),
        result.outLines().stream().map(l -> StrictJson.object(l).get("file")).toList().toString());
    Files.write(list, new byte[] {(byte) 0xff, '\n'});
    assertTrue(classify("--list", list).err().contains("not UTF-8"));
    assertEquals(1, classify("--list", folder.resolve("none.txt")).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "jsonl"})
  void aRunCutAtAnyByteResumesToTheSameBytes(String format) throws IOException {
    Path whole = folder.resolve("whole." + format);
    assertEquals(1, classify(archive, "--format", format, "--output", whole).code());
    byte[] expected = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut." + format);
    for (int i = 0; i <= 12; i++) {
      int length = (int) ((long) expected.length * i / 12) - (i % 3 == 1 ? 1 : 0);
      Files.write(cut, Arrays.copyOf(expected, length));
      Cli.Result result = classify(archive, "--format", format, "--output", cut, "--resume");
      assertEquals(1, result.code(), result.err());
      assertArrayEquals(expected, Files.readAllBytes(cut), "cut at " + length);
    }
  }

  /** kill -9 in the middle, then --resume: the bytes of a run that nothing interrupted. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "jsonl"})
  void aKilledRunResumesToTheSameBytes(String format) throws Exception {
    Path many = Files.createDirectories(folder.resolve("many-" + format));
    for (int i = 0; i < 1500; i++) {
      Files.createSymbolicLink(many.resolve(String.format("%04d.wav", i)), files.get(i % GOOD));
    }
    Path whole = folder.resolve("unbroken." + format);
    assertEquals(0, classify(many, "--format", format, "--output", whole).code());
    byte[] expected = Files.readAllBytes(whole);
    Path killed = folder.resolve("killed." + format);
    kill(many, format, killed, expected.length / 10);
    long left = Files.size(killed);
    assertTrue(left < expected.length, "it was over before it was killed");
    Cli.Result result = classify(many, "--format", format, "--output", killed, "--resume");
    assertEquals(0, result.code(), result.err());
    assertArrayEquals(expected, Files.readAllBytes(killed), "killed at " + left);
  }

  private static void kill(Path many, String format, Path output, long size) throws Exception {
    Cli.runAndKill(
        output,
        size,
        List.of(
            "classify",
            many,
            "--model=" + model,
            "--threads=2",
            "--format=" + format,
            "--output=" + output));
  }

  @Test
  void whatWasDoneIsNotDoneAgain() throws IOException {
    Path output = folder.resolve("once.jsonl");
    Object[] words = {archive, "--include=a*.wav", "--format=jsonl", "--output", output};
    assertEquals(0, classify(words).code());
    byte[] expected = Files.readAllBytes(output);
    // the first files are gone: only their rows can still give the results
    Path gone = Files.move(files.get(0), folder.resolve("moved.wav"));
    Files.createFile(files.get(0));
    try {
      Cli.Result result = classify(with(words, "--resume"));
      assertEquals(0, result.code(), result.err());
      assertTrue(result.err().contains("0 files (and 9 from before)"), result.err());
      assertArrayEquals(expected, Files.readAllBytes(output));
    } finally {
      Files.delete(files.get(0));
      Files.move(gone, files.get(0));
    }
  }

  private static Object[] with(Object[] words, Object more) {
    Object[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = more;
    return all;
  }

  @Test
  void anotherModelOrOtherFilesAreNotMixedIn() throws IOException {
    Path output = folder.resolve("mixed.csv");
    Object[] words = {archive, "--format=csv", "--output", output};
    classify(words);
    byte[] expected = Files.readAllBytes(output);
    for (Object[] other :
        List.of(
            with(with(words, "--resume"), "--include=b/**"),
            with(with(words, "--resume"), "--labels=anger,joy"),
            with(with(words, "--resume"), "--prior=anger=1,joy=9,sadness \"quoted\"=1"))) {
      Cli.Result result = classify(other);
      assertEquals(1, result.code(), result.err());
      assertEquals(1, result.errLines().size(), result.err());
      assertTrue(result.err().contains("mixed.csv: "), result.err());
      assertArrayEquals(expected, Files.readAllBytes(output));
    }
    assertTrue(classify(words).err().contains("exists already: continue it with --resume"));
    assertArrayEquals(expected, Files.readAllBytes(output));
  }

  @Test
  void optionsThatMakeNoSenseAreUsageErrors() {
    for (List<Object> words :
        List.<List<Object>>of(
            List.of(archive, "--resume"),
            List.of(archive, "--resume", "--output", "x", "--format=text"),
            List.of("-", "--format=csv", "--output", "x"),
            List.of(archive, "--timeline", "--output", "x", "--resume"),
            List.of(archive, "--format=csv", "--top=2"),
            List.of(files.get(0), "--include=*.wav"),
            List.of(archive, "--include=[a"),
            List.of())) {
      Cli.Result result = classify(words.toArray());
      assertEquals(2, result.code(), words + ": " + result.err());
      assertEquals(1, result.errLines().size(), result.err());
    }
  }

  @Test
  void timelinesTakeFoldersToo() {
    Cli.Result result = classify(archive, "--include=a*.wav", "--timeline", "--format=json");
    assertEquals(0, result.code(), result.err());
    assertEquals(GOOD, ((List<?>) StrictJson.parse(result.out())).size());
  }

  @Test
  void aTerminalGetsABar() {
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    java.io.PrintStream err = new java.io.PrintStream(bytes, false, StandardCharsets.UTF_8);
    Progress progress = new Progress(new Console(err, err, false, true), false, 1);
    long end = System.nanoTime() + 600_000_000L; // it shows twice a second
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    progress.file(1800);
    assertTrue(
        bytes
            .toString(StandardCharsets.UTF_8)
            .contains("[####################] 1 of 1 files, 0.5 h"));
  }
}
