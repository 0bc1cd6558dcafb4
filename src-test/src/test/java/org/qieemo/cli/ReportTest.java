package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.audio.WavAudio;
import org.qieemo.audio.WavReader;

/** {@code qieemo report}, without a browser. */
class ReportTest {
  private static final String HOSTILE = "<img src=x onerror=alert(1)>&\"'{{body}}%s.wav";

  @TempDir static Path folder;
  private static Path model;
  private static Path tone;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    tone = TestWav.tone(folder.resolve("tone.wav"), 12.5);
  }

  private static String page(Object... options) throws IOException {
    Path output = folder.resolve("page.html");
    Object[] words = {"report", "--model", model, "--output", output};
    Object[] all = new Object[words.length + options.length];
    System.arraycopy(words, 0, all, 0, words.length);
    System.arraycopy(options, 0, all, words.length, options.length);
    Cli.Result result = Cli.run(all);
    assertEquals(0, result.code(), result.err());
    assertEquals("", result.out() + result.err());
    return Files.readString(output);
  }

  @Test
  void theScriptsStepsAreTheTimeline() throws IOException {
    Map<String, Object> data = data(page(tone, "--window=4", "--hop=0.5"));
    assertEquals(12.5, data.get("seconds"));
    assertEquals(TinyModel.LABELS, data.get("labels"));
    List<?> steps = (List<?>) data.get("steps");
    String[] timeline = {"--timeline", "--every-hop", "--window=4", "--hop=0.5", "--format=jsonl"};
    List<String> lines =
        Cli.run(
                "classify",
                "--model",
                model,
                tone,
                timeline[0],
                timeline[1],
                timeline[2],
                timeline[3],
                timeline[4])
            .outLines();
    assertEquals(25, steps.size());
    assertEquals(lines.size(), steps.size());
    for (int i = 0; i < lines.size(); i++) {
      Map<String, Object> segment = StrictJson.object(lines.get(i));
      List<?> step = (List<?>) steps.get(i);
      assertEquals(segment.get("start"), step.get(0));
      assertEquals(segment.get("label"), step.get(2));
      Double anger = (Double) ((Map<?, ?>) segment.get("scores")).get("anger");
      assertEquals(anger, (Double) step.get(3), 5e-4);
    }
  }

  private static Map<String, Object> data(String page) {
    Matcher json = Pattern.compile("<div id=\"data\" hidden=\"\">(.*?)</div>").matcher(page);
    assertTrue(json.find());
    return StrictJson.object(
        json.group(1).replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&"));
  }

  @Test
  void theEmbeddedAudioIsTheRecording() throws IOException {
    Matcher source =
        Pattern.compile("<audio [^>]*src=\"data:audio/wav;base64,([^\"]+)\"").matcher(page(tone));
    assertTrue(source.find());
    byte[] wav = Base64.getDecoder().decode(source.group(1));
    WavAudio embedded = WavReader.read(new ByteArrayInputStream(wav), "embedded");
    WavAudio original = WavReader.read(tone);
    assertEquals(original.sampleRate(), embedded.sampleRate());
    assertArrayEquals(original.samples(), embedded.samples(), 1e-4f);
  }

  @Test
  void audioIsLinkedOrLeftOutOnRequest() throws IOException {
    Path odd = Files.createDirectories(folder.resolve("a b")).resolve("50%#x?.wav");
    Files.copy(tone, odd);
    String linked = page(odd, "--audio=link");
    assertTrue(linked.contains("src=\"./a%20b/50%25%23x%3F.wav\""), linked);
    assertFalse(linked.contains("base64,"));
    assertFalse(page(odd, "--audio=none").contains("<audio"));
  }

  @Test
  void aLinkNeverBecomesAnotherScheme() {
    Path here = folder.resolve("page.html");
    assertEquals("./javascript:1", ReportAudio.link(folder.resolve("javascript:1"), here));
    assertEquals("./../x.wav", ReportAudio.link(folder.resolveSibling("x.wav"), here));
  }

  @Test
  void nothingIsLoadedFromAnywhere() throws IOException {
    String page = page(tone);
    assertTrue(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    assertFalse(page.contains("http:") || page.contains("https:"), "a link to the network");
    assertFalse(page.contains(" style=\"") || page.contains(" onclick"), "refused by the policy");
  }

  @Test
  void hostileNamesStayText() throws IOException {
    Path hostile = Files.copy(tone, folder.resolve(HOSTILE));
    String page = page(hostile);
    assertFalse(page.contains("<img"), "markup from a file name");
    assertTrue(
        page.contains(
            "<bdi>&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;{{body}}%s.wav</bdi>"));
    assertTrue(page.contains("sadness &quot;quoted&quot;"), "labels are escaped too");
  }

  @Test
  void theTableHasEverySegmentAndItsWords() throws IOException {
    String page = page(tone, "--unknown-below=1");
    Matcher row =
        Pattern.compile("<tr data-start=\"([^\"]+)\" data-end=\"([^\"]+)\">").matcher(page);
    String end = "0";
    while (row.find()) {
      assertEquals(end, row.group(1), "no gap");
      end = row.group(2);
    }
    assertEquals("12.5", end);
    assertTrue(page.contains("class=\"chip unknown\">unknown<"), page);
    int words = Cli.run("transcribe", "--model", model, "--words", tone).outLines().size();
    assertEquals(words, Pattern.compile("data-at=").matcher(page).results().count());
    assertTrue(words > 0);
  }

  @Test
  void severalFilesMakeAFolderWithAnIndex() throws IOException {
    Path calls = Files.createDirectories(folder.resolve("calls/deep"));
    Path first = Files.copy(tone, calls.resolve("1.wav"));
    Files.copy(tone, calls.resolve("2.wav"));
    Path bad = Files.writeString(calls.resolve("3.flac"), "fLaC and more bytes than a header has");
    Path output = folder.resolve("pages of calls");
    Cli.Result result =
        Cli.run("report", "--model", model, "--output", output, folder.resolve("calls"));
    assertEquals(1, result.code());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().contains(bad + ": ") && result.err().contains("ffmpeg -i"));
    String index = Files.readString(output.resolve("index.html"));
    assertTrue(index.contains("3 files, 0:25, 1 failed"), index);
    assertTrue(index.contains("href=\"pages/0001-1.wav.html\"><bdi>" + first + "</bdi>"), index);
    assertTrue(index.contains("FLAC"), index);
    String page = Files.readString(output.resolve("pages/0001-1.wav.html"));
    assertTrue(page.contains("href=\"../index.html\""));
    assertTrue(Files.exists(output.resolve("pages/0002-2.wav.html")));
    assertFalse(Files.exists(output.resolve("pages/0003-3.flac.html")));
  }

  @Test
  void theWaveformKeepsItsOutlineHoweverLongItIs() {
    Waveform waveform = new Waveform();
    int samples = 5 * Waveform.COLUMNS + 3;
    for (int i = 0; i < samples; i++) {
      waveform.add(i == 7000 ? 0.75f : i % 2 == 0 ? -0.25f : 0.125f);
    }
    assertEquals((samples + 7) / 8, waveform.columns());
    assertEquals(0.75f, waveform.peak());
    assertEquals(0.75f, waveform.greatest(7000 / 8));
    assertEquals(0.125f, waveform.greatest(7000 / 8 + 1));
    assertEquals(-0.25f, waveform.least(0));
    assertEquals(1, waveform.begin(waveform.columns()));
  }

  @Test
  void equalNeighboursAreMergedOverTime() {
    ReportStep one = new ReportStep(0, 1, "a", new double[] {0.8, 0.2});
    ReportStep two = new ReportStep(1, 4, "a", new double[] {0.6, 0.4});
    ReportStep silence = new ReportStep(4, 5, "silence", null);
    List<ReportStep> merged = ReportData.merge(List.of(one, two, silence, silence));
    assertEquals(2, merged.size());
    assertArrayEquals(new double[] {0.65, 0.35}, merged.get(0).scores(), 1e-12);
    assertTrue(merged.get(1).isSilence());
  }

  @Test
  void whatMakesNoSenseIsAUsageError() {
    for (List<Object> words :
        List.<List<Object>>of(
            List.of("report", tone),
            List.of("report", "--output", "x.html"),
            List.of("report", "--output", folder, tone),
            List.of("report", "--output", "x.html", "--include", "*.wav", tone))) {
      Cli.Result result = Cli.run(words.toArray());
      assertEquals(2, result.code(), result.err());
      assertEquals(1, result.errLines().size(), result.err());
    }
  }
}
