package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.Audio;
import org.qieemo.support.Repository;

/** {@code qieemo classify --timeline} and {@code classify -}, end to end. */
class TimelineCommandTest {
  private static final int HEADER = 44;

  @TempDir static Path folder;
  private static Path model;
  private static Path tone;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    tone = TestWav.tone(folder.resolve("tone.wav"), 3.5);
  }

  private static Cli.Result timeline(Object... more) {
    Object[] words = {"classify", "--model", model, "--timeline", "--window=2", "--every-hop"};
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return Cli.run(all);
  }

  @Test
  void jsonLinesCoverTheFile() {
    Cli.Result result = timeline("--format=jsonl", "--top=1", tone);
    assertEquals(0, result.code(), result.err());
    assertEquals(4, result.outLines().size(), result.out());
    for (int i = 0; i < 4; i++) {
      Map<String, Object> object = StrictJson.object(result.outLines().get(i));
      assertEquals("qieemo-timeline/1", object.get("schema"));
      assertEquals(tone.toString(), object.get("file"));
      assertEquals((double) i, object.get("start"));
      assertEquals(Math.min(i + 1.0, 3.5), object.get("end"));
      assertEquals(false, object.get("silence"));
      assertEquals(
          List.of(object.get("label")), List.copyOf(((Map<?, ?>) object.get("scores")).keySet()));
    }
  }

  @Test
  void jsonIsOneArrayWithBadInputsInPlace() {
    Cli.Result result = timeline("--format=json", "--words", tone, "none.wav", tone);
    assertEquals(1, result.code(), result.err());
    List<?> array = (List<?>) StrictJson.parse(result.out());
    assertEquals(3, array.size());
    Map<?, ?> first = (Map<?, ?>) array.get(0);
    assertEquals(4, ((List<?>) first.get("segments")).size());
    assertEquals(3.5, first.get("duration"));
    Map<?, ?> bad = (Map<?, ?>) array.get(1);
    assertEquals("no such file", bad.get("error"));
    assertEquals(List.of(), bad.get("segments"));
  }

  @Test
  void csvHasAColumnPerLabel() {
    Cli.Result result = timeline("--format=csv", tone);
    assertEquals(0, result.code(), result.err());
    assertEquals(5, result.outLines().size(), result.out());
    assertEquals(
        "file,start,end,label,confidence,anger,joy,\"sadness \"\"quoted\"\"\",error",
        result.outLines().get(0));
    assertTrue(result.outLines().get(4).startsWith(tone + ",3,3.5,"), result.out());
  }

  @Test
  void aFolderWithoutAudioSaysSo() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Cli.Result result = timeline("--format=csv", empty);
    assertEquals(1, result.code());
    assertTrue(result.outLines().get(1).contains(",no audio in this folder; "), result.out());
  }

  @Test
  void textIsALinePerSegmentAndSilenceIsNoEmotion() {
    Cli.Result result = timeline(tone);
    assertTrue(
        result.outLines().get(1).matches("\\s+0:01\\.00 -\\s+0:02\\.00  .* [01]\\.\\d{3} \\[.*"),
        result.out());
    Cli.Result silent =
        Cli.run("classify", "--model", model, "--timeline", "--silence-below=0", tone);
    assertEquals(List.of("   0:00.00 -    0:03.50  silence"), silent.outLines());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "jsonl", "json", "csv"})
  void standardInputIsHeardLikeAFile(String format) throws IOException {
    byte[] wav = Files.readAllBytes(tone);
    byte[] raw = Arrays.copyOfRange(wav, HEADER, wav.length);
    String[] options = {"--model", model.toString(), "--window=2", "--format=" + format};
    Cli.Result ofWav = live(wav, options);
    assertEquals(0, ofWav.code(), ofWav.err());
    assertEquals(ofWav.out(), live(raw, options).out());
    String[] explicit = Arrays.copyOf(options, 6);
    explicit[4] = "--rate=16000";
    explicit[5] = "--sample-format=s16le";
    assertEquals(ofWav.out(), live(raw, explicit).out());
    assertTrue(ofWav.outLines().size() >= 4, ofWav.out());
  }

  private static Cli.Result live(byte[] input, String... options) {
    Object[] words = new Object[options.length + 2];
    words[0] = "classify";
    words[1] = "-";
    System.arraycopy(options, 0, words, 2, options.length);
    return Cli.run(new ByteArrayInputStream(input), words);
  }

  /** A tone, nothing, noise below and above the level, a tone. */
  @Test
  void liveSilenceIsMarkedAndNoiseIsNot() throws IOException {
    byte[] raw = new byte[2 * 16_000 * 8];
    byte[] wav = Files.readAllBytes(tone);
    System.arraycopy(wav, HEADER, raw, 0, 2 * 32_000);
    noise(raw, 4, 20); // 20 of 32768: -69 dB
    noise(raw, 5, 2_000); // -29 dB
    System.arraycopy(wav, HEADER, raw, 6 * 32_000, 2 * 32_000);
    Cli.Result result =
        live(raw, "--model", model.toString(), "--window=2", "--format=jsonl", "--top=1");
    assertEquals(0, result.code(), result.err());
    List<Object> silence =
        result.outLines().stream().map(l -> StrictJson.object(l).get("silence")).toList();
    assertEquals(List.of(false, false, true, true, true, false, false, false), silence);
    for (String line : result.outLines()) {
      Map<String, Object> segment = StrictJson.object(line);
      assertEquals(segment.get("silence").equals(false), segment.containsKey("label"), line);
    }
  }

  /** One second of white noise, of about this root mean square. */
  private static void noise(byte[] raw, int second, int level) {
    Random random = new Random(second);
    for (int i = 0; i < 16_000; i++) {
      int sample = (int) Math.round(level * random.nextGaussian());
      raw[second * 32_000 + 2 * i] = (byte) sample;
      raw[second * 32_000 + 2 * i + 1] = (byte) (sample >> 8);
    }
  }

  @Test
  void badStandardInputIsOneLine() throws IOException {
    byte[] wav = Files.readAllBytes(TestWav.notANumber(folder.resolve("nan.wav")));
    Cli.Result result = live(wav, "--model", model.toString());
    assertEquals(1, result.code());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().startsWith("qieemo: -: at byte"), result.err());
    assertEquals("", live(new byte[0], "--model", model.toString()).out());
  }

  @Test
  void wordsHaveTimes() throws IOException {
    Path voice = Repository.root().resolve("cli/samples/afraid.wav");
    double seconds = Audio.read(voice).seconds();
    Cli.Result plain = Cli.run("transcribe", voice);
    Cli.Result words = Cli.run("transcribe", "--words", "--format=jsonl", voice, "none.wav");
    assertEquals(1, words.code());
    List<?> found = (List<?>) StrictJson.object(words.outLines().get(0)).get("words");
    assertTrue(found.size() > 1, words.out());
    StringBuilder text = new StringBuilder();
    double last = 0;
    for (Object word : found) {
      Map<?, ?> entry = (Map<?, ?>) word;
      assertTrue((Double) entry.get("start") >= last, found.toString());
      assertTrue((Double) entry.get("end") > (Double) entry.get("start"));
      assertTrue((Double) entry.get("end") <= seconds);
      last = (Double) entry.get("end");
      text.append(text.isEmpty() ? "" : " ").append(entry.get("word"));
    }
    assertEquals(plain.out().strip().replaceAll(" +", " "), text.toString());
    assertEquals("no such file", StrictJson.object(words.outLines().get(1)).get("error"));
    assertEquals(found.size(), Cli.run("transcribe", "--words", voice).outLines().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "classify --window=2 FILE",
        "classify --rate=8000 FILE",
        "classify --timeline --window=1 --hop=2 FILE",
        "classify --timeline --window=0.1 FILE",
        "classify --words -",
        "classify - FILE",
      })
  void optionsThatDoNotBelongTogetherAreUsageErrors(String line) {
    String[] words = (line + " --model " + model).replace("FILE", tone.toString()).split(" ");
    Cli.Result result = Cli.run((Object[]) words);
    assertEquals(2, result.code(), result.err());
    assertEquals(1, result.errLines().size(), result.err());
    assertEquals("", result.out());
  }
}
