package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.weights.FrontEndConfig;
import org.qieemo.weights.FrontEndConfig.Kind;
import org.qieemo.weights.FrontEndConfig.Normalization;

/** Features of pieces of any size are bit for bit those of the whole. */
class FeatureStreamTest {
  private static final int BINS = 20;

  static Stream<Arguments> frontEndsRatesAndLengths() {
    List<FrontEnd> frontEnds =
        List.of(
            frontEnd(Kind.KALDI_FBANK, true, LogMel.Padding.CONSTANT),
            frontEnd(Kind.KALDI_FBANK, false, LogMel.Padding.CONSTANT),
            frontEnd(Kind.LOG_MEL, true, LogMel.Padding.CONSTANT),
            frontEnd(Kind.LOG_MEL, true, LogMel.Padding.REFLECT));
    int[] rates = {16_000, 8_000, 44_100, 48_000, 11_025, 22_050, 16_001};
    int[] lengths = {0, 1, 2, 79, 80, 159, 160, 161, 399, 400, 401, 560, 5_003};
    return IntStream.range(0, frontEnds.size())
        .boxed()
        .flatMap(
            f ->
                Arrays.stream(rates)
                    .boxed()
                    .flatMap(
                        rate ->
                            Arrays.stream(lengths)
                                .mapToObj(n -> Arguments.of(f, frontEnds.get(f), rate, n))));
  }

  private static FrontEnd frontEnd(Kind kind, boolean snip, LogMel.Padding padding) {
    return new FrontEnd(
        new FrontEndConfig(kind, 16_000, BINS, snip, 1f, Normalization.NONE), null, null, padding);
  }

  @ParameterizedTest(name = "front end {0}, {2} Hz, {3} samples")
  @MethodSource("frontEndsRatesAndLengths")
  void piecesGiveTheWhole(int number, FrontEnd frontEnd, int rate, int length) {
    Random random = new Random(length);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) random.nextGaussian() * 0.1f;
    }
    float[] whole = frontEnd.fbank(samples, rate);
    float[] power = power(frontEnd.resample(samples, rate));
    for (int most : new int[] {1, 37, 160, 1_000, Integer.MAX_VALUE}) {
      if (most > 1 || length < 1_000) {
        compare(frontEnd, samples, rate, most, whole, power);
      }
    }
  }

  private static void compare(
      FrontEnd frontEnd, float[] samples, int rate, int most, float[] features, float[] power) {
    Random random = new Random(most);
    FeatureStream stream = frontEnd.stream(rate);
    Joined joined = new Joined();
    for (int at = 0; at < samples.length; ) {
      int count = (int) Math.min(samples.length - at, 1 + (long) random.nextInt(most));
      joined.add(stream.push(samples, at, count));
      at += count;
    }
    joined.add(stream.finish());
    assertArrayEquals(features, joined.features, 0f, "features of pieces up to " + most);
    assertArrayEquals(power, joined.power, 0f, "power of pieces up to " + most);
    assertEquals(samples.length, stream.samples());
    assertThrows(IllegalStateException.class, stream::finish);
  }

  private static final class Joined {
    private float[] features = {};
    private float[] power = {};

    void add(FeatureStream.Piece piece) {
      features = append(features, piece.features());
      power = append(power, piece.power());
    }

    private static float[] append(float[] a, float[] b) {
      float[] all = Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, all, a.length, b.length);
      return all;
    }
  }

  private static float[] power(float[] at16k) {
    float[] power = new float[(at16k.length + 159) / 160];
    for (int t = 0; t < power.length; t++) {
      int to = Math.min(160 * (t + 1), at16k.length);
      double squares = 0;
      for (int i = 160 * t; i < to; i++) {
        squares += (double) at16k[i] * at16k[i];
      }
      power[t] = (float) (squares / (to - 160 * t));
    }
    return power;
  }

  @Test
  void framesComeAsSoonAsTheirSamplesAreThere() {
    FeatureStream stream = frontEnd(Kind.KALDI_FBANK, true, LogMel.Padding.CONSTANT).stream(16_000);
    assertEquals(0, stream.push(new float[399], 0, 399).features().length);
    assertEquals(BINS, stream.push(new float[1], 0, 1).features().length);
    assertEquals(BINS, stream.push(new float[160], 0, 160).features().length);
  }

  @Test
  void aBadSampleIsRefusedAndTheStreamGoesOn() {
    FeatureStream stream = frontEnd(Kind.KALDI_FBANK, true, LogMel.Padding.CONSTANT).stream(16_000);
    float[] bad = new float[500];
    bad[450] = Float.NaN;
    String message =
        assertThrows(IllegalArgumentException.class, () -> stream.push(bad, 0, 500)).getMessage();
    assertTrue(message.contains("sample 450 is NaN"), message);
    assertEquals(0, stream.samples());
    assertEquals(BINS, stream.push(bad, 0, 400).features().length);
  }
}
