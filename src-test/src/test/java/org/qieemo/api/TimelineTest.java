package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.Audio;
import org.qieemo.DecisionOptions;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.EmotionStream;
import org.qieemo.InvalidAudioException;
import org.qieemo.Timeline;
import org.qieemo.TimelineOptions;
import org.qieemo.TimelineOptions.Cut;
import org.qieemo.TimelineOptions.Smoothing;
import org.qieemo.TimelineSegment;
import org.qieemo.support.Repository;
import org.qieemo.support.Voices;

/** Long and live audio on the embedded model. */
class TimelineTest {
  private static final int RATE = 16_000;
  private static final double SAME = 1e-12;
  private static EmotionRecognizer recognizer;

  @BeforeAll
  static void load() throws IOException {
    recognizer = EmotionRecognizer.embedded();
  }

  @AfterAll
  static void close() {
    recognizer.close();
  }

  /** Voices of changing pitch, one behind the other. */
  private static Audio speech(double seconds) {
    float[] samples = new float[(int) (seconds * RATE)];
    for (int at = 0, i = 0; at < samples.length; i++) {
      float[] part = Voices.voice(2.3, RATE, 100 + 37 * (i % 5)).samples();
      int count = Math.min(part.length, samples.length - at);
      System.arraycopy(part, 0, samples, at, count);
      at += count;
    }
    return new Audio(samples, RATE);
  }

  private static Audio cut(Audio audio, double from, double to) {
    int begin = (int) Math.round(Math.max(0, from) * RATE);
    int end = (int) Math.min(Math.round(to * RATE), audio.samples().length);
    return new Audio(Arrays.copyOfRange(audio.samples(), begin, end), RATE);
  }

  private static void assertScores(Emotion expected, TimelineSegment found) {
    Emotion emotion = found.emotion().orElseThrow();
    assertEquals(expected.label(), emotion.label(), found.toString());
    expected
        .scores()
        .forEach((k, p) -> assertEquals(p, emotion.scores().get(k), SAME, found + " " + k));
  }

  @Test
  void windowsSideBySideAreHeardAsIfCutOut() {
    Audio audio = speech(11.3);
    TimelineOptions options =
        TimelineOptions.DEFAULT.withWindow(2, 2).withMerge(false).withSilenceDb(-200);
    List<TimelineSegment> found = recognizer.timeline(audio, options).segments();
    assertEquals(6, found.size());
    for (int i = 0; i < found.size(); i++) {
      assertEquals(2.0 * i, found.get(i).start(), SAME);
      assertEquals(Math.min(2.0 * i + 2, 11.3), found.get(i).end(), 1e-9);
      assertScores(recognizer.classify(cut(audio, 2 * i, 2 * i + 2)), found.get(i));
    }
  }

  @Test
  void overlappingWindowsAreAveraged() {
    Audio audio = speech(6.5);
    TimelineOptions options =
        TimelineOptions.DEFAULT.withWindow(3, 1).withMerge(false).withSilenceDb(-200);
    List<TimelineSegment> found = recognizer.timeline(audio, options).segments();
    assertEquals(7, found.size());
    List<Emotion> windows = new ArrayList<>();
    for (int w = 0; w <= 4; w++) { // the window from 4 s on is the first that reaches the end
      windows.add(recognizer.classify(cut(audio, w, w + 3)));
    }
    for (int i = 0; i < found.size(); i++) {
      List<Emotion> covering = windows.subList(Math.max(0, i - 2), Math.min(i, 4) + 1);
      Emotion emotion = found.get(i).emotion().orElseThrow();
      for (String label : recognizer.labels()) {
        double mean = covering.stream().mapToDouble(e -> e.scores().get(label)).average().orElse(9);
        assertEquals(mean, emotion.scores().get(label), SAME, found.get(i) + " " + label);
      }
    }
  }

  @Test
  void liveStepsHearWhatWentBefore() {
    Audio audio = speech(5.6);
    TimelineOptions options = TimelineOptions.LIVE.withWindow(2.5, 1).withSilenceDb(-200);
    List<TimelineSegment> found = recognizer.timeline(audio, options).segments();
    assertEquals(6, found.size());
    for (TimelineSegment segment : found) {
      double end = segment.start() + 1;
      assertScores(recognizer.classify(cut(audio, end - 2.5, end)), segment);
    }
  }

  @Test
  void liveStepsAreKnownAtTheirEnd() {
    Audio audio = speech(4);
    try (EmotionStream stream = recognizer.stream(RATE, TimelineOptions.LIVE)) {
      for (int tenth = 1; tenth <= 40; tenth++) {
        float[] piece = cut(audio, (tenth - 1) / 10.0, tenth / 10.0).samples();
        List<TimelineSegment> known = stream.push(piece);
        assertEquals(tenth % 10 == 0 ? 1 : 0, known.size(), "after " + tenth);
      }
      assertEquals(List.of(), stream.finish());
    }
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void piecesOfAnySizeChangeNothing(Cut cut) {
    Audio audio = withPauses();
    for (Smoothing smoothing : Smoothing.values()) {
      TimelineOptions options =
          TimelineOptions.DEFAULT.withCut(cut).withWindow(2, 0.7).withSmoothing(smoothing);
      String whole = recognizer.timeline(audio, options).segments().toString();
      List<String> scores = scores(recognizer.timeline(audio, options).segments());
      for (int most : new int[] {50, 4_000, 100_000}) {
        List<TimelineSegment> pieces = inPieces(audio, options, most);
        assertEquals(whole, pieces.toString());
        assertEquals(scores, scores(pieces));
      }
    }
  }

  private static List<String> scores(List<TimelineSegment> segments) {
    return segments.stream().map(s -> s.emotion().map(Emotion::scores).toString()).toList();
  }

  private static List<TimelineSegment> inPieces(Audio audio, TimelineOptions options, int most) {
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

  /** Voice from 0 to 3 s, nothing for 4 s, voice from 7 to 11.5 s, a hum to 13 s. */
  private static Audio withPauses() {
    float[] samples = new float[13 * RATE];
    float[] voice = speech(4.5).samples();
    System.arraycopy(voice, 0, samples, 0, 3 * RATE);
    System.arraycopy(voice, 0, samples, 7 * RATE, voice.length);
    for (int i = 23 * RATE / 2; i < samples.length; i++) {
      samples[i] = (float) (0.001 * Math.sin(i * 0.02)); // -63 dB
    }
    return new Audio(samples, RATE);
  }

  @Test
  void silenceIsNoEmotion() {
    TimelineOptions options = TimelineOptions.DEFAULT.withMerge(false);
    List<TimelineSegment> found = recognizer.timeline(withPauses(), options).segments();
    assertEquals(13, found.size());
    for (TimelineSegment segment : found) {
      boolean silent = segment.start() >= 3 && segment.end() <= 7 || segment.start() >= 12;
      assertEquals(silent, segment.isSilence(), segment.toString());
      assertEquals(silent, segment.label().equals("silence"));
    }
    List<TimelineSegment> hum =
        recognizer.timeline(withPauses(), options.withSilenceDb(-80)).segments();
    assertFalse(hum.get(12).isSilence());
  }

  @Test
  void neighboursWithTheSameAnswerBecomeOne() {
    Audio audio = withPauses();
    List<TimelineSegment> steps =
        recognizer.timeline(audio, TimelineOptions.DEFAULT.withMerge(false)).segments();
    Timeline merged = recognizer.timeline(audio, TimelineOptions.DEFAULT);
    assertTrue(merged.segments().size() < steps.size());
    int next = 0;
    for (TimelineSegment segment : merged.segments()) {
      double seconds = 0;
      double confidence = 0;
      while (next < steps.size() && steps.get(next).end() <= segment.end() + 1e-9) {
        TimelineSegment step = steps.get(next++);
        assertEquals(segment.label(), step.label());
        seconds += step.end() - step.start();
        confidence +=
            step.emotion().map(e -> e.scores().get(segment.label())).orElse(0.0)
                * (step.end() - step.start());
      }
      assertEquals(segment.end() - segment.start(), seconds, 1e-9);
      if (!segment.isSilence()) {
        assertEquals(segment.emotion().orElseThrow().confidence(), confidence / seconds, 1e-9);
      }
    }
    for (int i = 1; i < merged.segments().size(); i++) {
      assertNotEquals(merged.segments().get(i - 1).label(), merged.segments().get(i).label());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 0.99, 1, 1.01, 4.99, 5, 5.004, 7.77})
  void segmentsCoverTheAudioWithoutGaps(double seconds) {
    Audio audio = speech(seconds);
    for (Cut cut : Cut.values()) {
      for (Smoothing smoothing : Smoothing.values()) {
        TimelineOptions options =
            TimelineOptions.DEFAULT.withCut(cut).withSmoothing(smoothing).withMerge(false);
        Timeline timeline = recognizer.timeline(audio, options);
        double end = 0;
        for (TimelineSegment segment : timeline.segments()) {
          assertEquals(end, segment.start(), SAME);
          assertTrue(segment.end() > segment.start(), segment.toString());
          end = segment.end();
        }
        assertEquals(audio.seconds(), end, SAME);
        assertEquals(audio.seconds(), timeline.seconds(), SAME);
      }
    }
  }

  @Test
  void speechIsFoundBetweenPauses() {
    Audio audio = withPauses();
    TimelineOptions options = TimelineOptions.DEFAULT.withCut(Cut.SPEECH).withWindow(10, 1);
    List<TimelineSegment> found = recognizer.timeline(audio, options).segments();
    assertEquals(4, found.size(), found.toString());
    double[] ends = {3, 7, 11.5, 13};
    for (int i = 0; i < 4; i++) {
      assertEquals(i % 2 == 1, found.get(i).isSilence());
      assertEquals(ends[i], found.get(i).end(), 0.45, "speech pauses inside its syllables too");
    }
    for (int i : new int[] {0, 2}) {
      Audio alone = cut(audio, found.get(i).start(), found.get(i).end());
      assertScores(recognizer.classify(alone), found.get(i));
    }
  }

  @Test
  void longSpeechIsCut() {
    Audio audio = speech(20);
    TimelineOptions options = TimelineOptions.DEFAULT.withCut(Cut.SPEECH).withWindow(6, 1);
    List<TimelineSegment> found = recognizer.timeline(audio, options).segments();
    assertTrue(found.size() >= 4, found.toString());
    for (TimelineSegment segment : found) {
      assertTrue(segment.end() - segment.start() <= 6 + SAME, segment.toString());
    }
  }

  @Test
  void aFileGivesWhatItsSamplesGive() throws IOException {
    var file = Repository.root().resolve("cli/samples/afraid.wav");
    TimelineOptions options =
        TimelineOptions.DEFAULT
            .withWindow(1.5, 0.5)
            .withDecision(DecisionOptions.DEFAULT.withLabels(List.of("anger", "neutral")));
    Timeline ofFile = recognizer.timeline(file, options);
    Timeline ofSamples = recognizer.timeline(Audio.read(file), options);
    assertEquals(ofSamples.segments().toString(), ofFile.segments().toString());
    assertEquals(scores(ofSamples.segments()), scores(ofFile.segments()));
    ofFile.segments().stream()
        .flatMap(s -> s.emotion().stream())
        .forEach(e -> assertEquals(List.of("anger", "neutral"), List.copyOf(e.scores().keySet())));
  }

  @Test
  void shortsAreHeardLikeFloats() {
    short[] shorts = new short[3 * RATE];
    float[] floats = new float[shorts.length];
    float[] voice = speech(3).samples();
    for (int i = 0; i < shorts.length; i++) {
      shorts[i] = (short) Math.round(voice[i] * 32_767);
      floats[i] = shorts[i] / 32_768f;
    }
    List<TimelineSegment> found = new ArrayList<>();
    try (EmotionStream stream = recognizer.stream(RATE, TimelineOptions.DEFAULT)) {
      found.addAll(stream.push(shorts));
      found.addAll(stream.finish());
    }
    Audio audio = new Audio(floats, RATE);
    assertEquals(
        scores(recognizer.timeline(audio, TimelineOptions.DEFAULT).segments()), scores(found));
  }

  @Test
  void misuseSaysWhatIsWrong() throws IOException {
    Audio tooShort = new Audio(new float[500], RATE);
    assertMessage(
        InvalidAudioException.class,
        "too short",
        () -> recognizer.timeline(tooShort, TimelineOptions.DEFAULT));
    assertMessage(
        IllegalArgumentException.class,
        "windows of 0.05 s are too short",
        () -> recognizer.stream(RATE, TimelineOptions.DEFAULT.withWindow(0.05, 0.05)));
    assertMessage(
        IllegalArgumentException.class,
        "hopSeconds",
        () -> TimelineOptions.DEFAULT.withWindow(1, 2));
    EmotionStream stream = recognizer.stream(RATE, TimelineOptions.LIVE);
    assertMessage(
        InvalidAudioException.class,
        "sample 1 is NaN",
        () -> stream.push(new float[] {0, Float.NaN}));
    assertEquals(List.of(), stream.finish(), "nothing was heard");
    assertMessage(IllegalStateException.class, "finished", () -> stream.push(new float[1]));
    stream.close();
    stream.close();
    assertMessage(IllegalStateException.class, "closed", stream::finish);
    EmotionRecognizer other = EmotionRecognizer.embedded();
    EmotionStream orphan = other.stream(RATE, TimelineOptions.LIVE);
    other.close();
    assertMessage(IllegalStateException.class, "closed", () -> orphan.push(speech(2).samples()));
    orphan.close();
  }

  private static void assertMessage(
      Class<? extends Exception> type,
      String part,
      org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(type, call).getMessage();
    assertTrue(message.contains(part), message);
  }
}
