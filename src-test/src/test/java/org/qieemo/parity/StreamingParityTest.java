package org.qieemo.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.cli.TinyModel;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.EncoderStream;
import org.qieemo.model.Layer;

/**
 * Chunk by chunk with caches, every layer of the encoder is that of the masked full pass: PyTorch's
 * in double precision, and this engine's.
 */
class StreamingParityTest {
  private static final List<String> STREAMED =
      List.of("chunk", "chunk-left", "chunk-left-0", "chunk-relative", "encoder-only-streaming");
  private static final int EVERYTHING = 1_000;
  private static final double ABSOLUTE = 1e-5;
  private static final double RELATIVE = 1e-4;

  /** WeNet's own bound on what its chunks differ from its full pass. */
  private static final double FULL_PASS = 1.2e-6;

  @TempDir Path folder;

  private static Stream<GoldenCase> cases() throws IOException {
    return GoldenCase.all().stream().filter(c -> STREAMED.contains(c.name()));
  }

  static Stream<Arguments> casesKernelsAndPieces() throws IOException {
    return cases()
        .flatMap(
            c ->
                Stream.of("plain", "vector")
                    .flatMap(
                        k ->
                            Stream.of(1, 3, 16, 29, EVERYTHING)
                                .map(rows -> Arguments.of(c, k, rows))));
  }

  @Test
  void theCasesThatStreamAreThese() throws IOException {
    List<String> found = new ArrayList<>();
    for (GoldenCase golden : GoldenCase.all()) {
      Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
      try (LoadedModel loaded = new LoadedModel(gguf, "plain", 1)) {
        if (EncoderStream.supports(loaded.config())) {
          assertTrue(loaded.model.canStream());
          found.add(golden.name());
        }
      }
    }
    assertEquals(STREAMED, found);
  }

  @ParameterizedTest(name = "{0} on {1}, {2} feature frames at once")
  @MethodSource("casesKernelsAndPieces")
  void everyLayerIsThatOfTheFullPass(GoldenCase golden, String kernels, int rows)
      throws IOException {
    Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
    try (LoadedModel loaded = new LoadedModel(gguf, kernels, 1)) {
      float[] features = loaded.normalize(golden.features().floats());
      Map<String, float[]> full = loaded.hear(features).layers();
      Map<String, float[]> streamed = stream(loaded, features, rows, EVERYTHING).layers();
      int compared = 0;
      for (String layer : encoderLayers(golden)) {
        assertNotNull(streamed.get(layer), layer);
        compare(layer, golden.f64(layer).values(), streamed.get(layer), ABSOLUTE, RELATIVE);
        compare(layer, widened(full.get(layer)), streamed.get(layer), FULL_PASS, FULL_PASS);
        compared++;
      }
      assertTrue(compared >= 3, "only " + compared + " layers compared");
    }
  }

  private static List<String> encoderLayers(GoldenCase golden) {
    return golden.golden().keySet().stream()
        .filter(k -> k.startsWith("f64."))
        .map(k -> k.substring("f64.".length()))
        .filter(k -> k.startsWith("block") || k.equals(Layer.SUBSAMPLED) || k.equals(Layer.ENCODER))
        .toList();
  }

  /** What a stream gave: the encoder's layers, rows in order, and the rows that the head sees. */
  private record Streamed(Map<String, float[]> layers, float[] streams) {}

  private static Streamed stream(LoadedModel loaded, float[] features, int rows, int history) {
    Map<String, float[]> layers = new TreeMap<>();
    float[][] streams = {{}};
    int bins = loaded.config().frontEnd().melBins();
    try (EncoderStream stream = loaded.openStream(history)) {
      stream
          .forward()
          .listen(
              (name, tensor, execution) -> {
                float[] values = new float[tensor.rows() * tensor.cols()];
                execution.read(tensor, values, 0);
                layers.merge(name, values, StreamingParityTest::joined);
              });
      int piece = (int) Math.min(features.length, (long) rows * bins);
      for (int at = 0; at < features.length; at += piece) {
        int to = Math.min(features.length, at + piece);
        stream.push(
            Arrays.copyOfRange(features, at, to),
            to == features.length,
            frames -> streams[0] = joined(streams[0], frames));
      }
    }
    return new Streamed(layers, streams[0]);
  }

  private static float[] joined(float[] a, float[] b) {
    float[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static void compare(
      String layer, double[] expected, float[] found, double absolute, double relative) {
    assertEquals(expected.length, found.length, layer);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < found.length; i++) {
      assertEquals(expected[i], found[i], absolute + relative * largest, layer + "[" + i + "]");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theHeadHearsInTheFramesWhatItHearsInTheWhole(GoldenCase golden) throws IOException {
    if (golden.f64("logits") == null) {
      return; // an encoder alone has no head
    }
    Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
    try (LoadedModel loaded = new LoadedModel(gguf, "vector", 1)) {
      float[] features = loaded.normalize(golden.features().floats());
      float[] streams = stream(loaded, features, 7, EVERYTHING).streams();
      EmotionLogits found = loaded.classifyFrames(List.of(streams, streams));
      EmotionLogits whole = loaded.classify(features);
      for (int i = 0; i < 2; i++) {
        assertArrayEquals(whole.utterance(0), found.utterance(i), (float) FULL_PASS);
      }
    }
  }

  /** Channels so many that frames are convolved two at a time: the pairs are those of the whole. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void pairsOfFramesDoNotDependOnThePieces(String kernels) throws IOException {
    AttentionMask chunksOfThree = new AttentionMask(3, 2);
    Path gguf = TinyModel.streaming(folder.resolve("model.gguf"), 256, chunksOfThree);
    try (LoadedModel loaded = new LoadedModel(gguf, kernels, 1)) {
      float[] features = new float[4 * 40 * loaded.config().frontEnd().melBins()];
      Random random = new Random(1);
      for (int i = 0; i < features.length; i++) {
        features[i] = random.nextFloat();
      }
      float[] one = stream(loaded, features, 1, 8).layers().get(Layer.SUBSAMPLED);
      float[] whole = stream(loaded, features, EVERYTHING, 8).layers().get(Layer.SUBSAMPLED);
      assertArrayEquals(whole, one);
    }
  }

  /** A model that sees all of the past is the same with a history of its left chunks only. */
  @ParameterizedTest
  @MethodSource("cases")
  void aShortHistoryBoundsWhatIsRemembered(GoldenCase golden) throws IOException {
    Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
    try (LoadedModel loaded = new LoadedModel(gguf, "vector", 1)) {
      boolean all = loaded.config().encoder().mask().leftChunks() < 0;
      float[] features = loaded.normalize(golden.features().floats());
      float[] one = stream(loaded, features, 1, 4).layers().get(Layer.ENCODER);
      float[] other = stream(loaded, features, EVERYTHING, 4).layers().get(Layer.ENCODER);
      assertArrayEquals(one, other, (float) FULL_PASS, "the size of pieces does not matter");
      float[] longer = stream(loaded, features, 1, EVERYTHING).layers().get(Layer.ENCODER);
      assertEquals(all, !Arrays.equals(one, longer), "the limit is for unlimited models");
    }
  }

  @Test
  void anEncoderThatLooksAheadDoesNotStream() throws IOException {
    for (String name : List.of("conv-causal", "sub-conv2d", "nemo")) {
      GoldenCase golden =
          GoldenCase.all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
      Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
      try (LoadedModel loaded = new LoadedModel(gguf, "plain", 1)) {
        assertFalse(loaded.model.canStream(), name);
      }
    }
  }
}
