package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qieemo.Audio;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.EmotionStream;
import org.qieemo.TimelineOptions;
import org.qieemo.TimelineOptions.Cut;
import org.qieemo.TimelineSegment;
import org.qieemo.cli.TinyModel;
import org.qieemo.support.Voices;

/** Live audio on a model that hears each frame once, with caches: the API's own answers. */
class ChunkStreamTest {
  private static final int RATE = 16_000;
  private static final double SAME = 2e-6; // rounding of float32: chunks against the full pass

  @TempDir static Path folder;
  private static EmotionRecognizer recognizer;

  @BeforeAll
  static void load() throws IOException {
    recognizer = EmotionRecognizer.open(TinyModel.streaming(folder.resolve("chunks.gguf")));
  }

  @AfterAll
  static void close() {
    recognizer.close();
  }

  private static Audio begin(Audio audio, double seconds) {
    int count = (int) Math.round(seconds * RATE);
    return new Audio(Arrays.copyOf(audio.samples(), count), RATE);
  }

  private static void assertSame(Emotion expected, Emotion found, String what) {
    expected
        .scores()
        .forEach((label, p) -> assertEquals(p, found.scores().get(label), SAME, what + label));
  }

  /**
   * A window that begins with the audio hears at each step what the masked full pass hears in the
   * audio so far. Steps of 2 s end with a whole chunk: 50 k - 2 frames, two a chunk.
   */
  @Test
  void everyAnswerIsThatOfTheFullPassSoFar() {
    Audio audio = Voices.voice(12, RATE, 130);
    TimelineOptions options = TimelineOptions.LIVE.withWindow(600, 2).withSilenceDb(-200);
    List<TimelineSegment> found = pushed(audio, options, 777);
    assertEquals(6, found.size());
    Emotion before = null;
    for (TimelineSegment step : found) {
      Emotion emotion = step.emotion().orElseThrow();
      assertSame(recognizer.classify(begin(audio, step.end())), emotion, step + " ");
      assertFalse(before != null && before.scores().equals(emotion.scores()), "nothing new heard");
      before = emotion;
    }
  }

  private static List<TimelineSegment> pushed(Audio audio, TimelineOptions options, int most) {
    Random random = new Random(most);
    List<TimelineSegment> segments = new ArrayList<>();
    try (EmotionStream stream = recognizer.stream(RATE, options)) {
      for (int at = 0; at < audio.samples().length; ) {
        int count = Math.min(1 + random.nextInt(most), audio.samples().length - at);
        segments.addAll(stream.push(audio.samples(), at, count));
        at += count;
      }
      segments.addAll(stream.finish());
    }
    return segments;
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void piecesOfAnySizeChangeNothing(Cut cut) {
    Audio audio = withPause();
    for (TimelineOptions base : List.of(TimelineOptions.DEFAULT, TimelineOptions.LIVE)) {
      TimelineOptions options = base.withCut(cut).withWindow(2, 0.5);
      List<TimelineSegment> whole = recognizer.timeline(audio, options).segments();
      assertTrue(whole.stream().anyMatch(TimelineSegment::isSilence), whole.toString());
      for (int most : new int[] {40, 5_000, 90_000}) {
        List<TimelineSegment> pieces = pushed(audio, options, most);
        assertEquals(whole.size(), pieces.size());
        for (int i = 0; i < whole.size(); i++) {
          assertEquals(whole.get(i).start(), pieces.get(i).start());
          assertEquals(whole.get(i).end(), pieces.get(i).end());
          assertEquals(whole.get(i).label(), pieces.get(i).label());
          Emotion found = pieces.get(i).emotion().orElse(null);
          whole.get(i).emotion().ifPresent(e -> assertSame(e, found, "pieces of " + most + " "));
        }
      }
    }
  }

  /** Voice for 4 s, nothing for 3 s, voice for 2 s, faint noise for 2 s. */
  private static Audio withPause() {
    float[] samples = new float[11 * RATE];
    float[] voice = Voices.voice(4, RATE, 160).samples();
    System.arraycopy(voice, 0, samples, 0, 4 * RATE);
    System.arraycopy(voice, 0, samples, 7 * RATE, 2 * RATE);
    Random random = new Random(1);
    for (int i = 9 * RATE; i < samples.length; i++) {
      samples[i] = (float) (0.001 * random.nextGaussian()); // -60 dB
    }
    return new Audio(samples, RATE);
  }

  @Test
  void silenceAndFaintNoiseAreNoEmotion() {
    List<TimelineSegment> found = pushed(withPause(), TimelineOptions.LIVE.withWindow(2, 1), 1_600);
    assertEquals(11, found.size());
    for (TimelineSegment step : found) {
      boolean silent = step.start() >= 4 && step.end() <= 7 || step.start() >= 9;
      assertEquals(silent, step.isSilence(), step.toString());
      assertEquals(silent, step.emotion().isEmpty());
    }
  }

  /** A chunk is 80 ms here: frames wait until theirs is whole. */
  @Test
  void answersComeNoLaterThanAChunk() {
    Audio audio = Voices.voice(4, RATE, 140);
    int answers = 0;
    try (EmotionStream stream = recognizer.stream(RATE, TimelineOptions.LIVE)) {
      for (int tenth = 1; tenth <= 40; tenth++) {
        int from = (tenth - 1) * RATE / 10;
        answers += stream.push(audio.samples(), from, RATE / 10).size();
        assertTrue(answers <= tenth / 10, answers + " answers after " + tenth + " tenths");
        assertTrue(answers >= (tenth - 1) / 10, answers + " answers after " + tenth + " tenths");
      }
    }
  }

  @Test
  void streamsSideBySideHearOnlyTheirOwn() throws Exception {
    List<Audio> voices = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      voices.add(Voices.voice(5, RATE, 100 + 30 * i));
      expected.add(scores(pushed(voices.get(i), TimelineOptions.LIVE, 3_000)));
    }
    ExecutorService pool = Executors.newFixedThreadPool(6);
    try {
      List<Future<String>> found = new ArrayList<>();
      for (Audio voice : voices) {
        Callable<String> task = () -> scores(pushed(voice, TimelineOptions.LIVE, 3_000));
        found.add(pool.submit(task));
      }
      for (int i = 0; i < 6; i++) {
        assertEquals(expected.get(i), found.get(i).get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static String scores(List<TimelineSegment> segments) {
    return segments.stream().map(s -> s.emotion().map(Emotion::scores).toString()).toList() + "";
  }
}
