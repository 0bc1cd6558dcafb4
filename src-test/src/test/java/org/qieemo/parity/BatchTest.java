package org.qieemo.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.model.EmotionLogits;

/** Results do not depend on who else is in the batch, nor on the number of threads: bit by bit. */
class BatchTest {
  @TempDir Path folder;

  static Stream<Arguments> casesAndKernels() throws IOException {
    return GoldenCase.onEveryBackend(c -> c.f64("logits") != null);
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("casesAndKernels")
  void aloneOrTogetherOneThreadOrSeveral(GoldenCase golden, String kernels) throws IOException {
    Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
    try (LoadedModel one = new LoadedModel(gguf, kernels, 1);
        LoadedModel three = new LoadedModel(gguf, kernels, 3)) {
      float[] first = one.normalize(golden.features().floats());
      float[] second = backwards(first, one.config().frontEnd().melBins());
      int least = one.config().subsampling().leastFrames() * one.config().frontEnd().melBins();
      float[] shortest = Arrays.copyOf(second, least);

      EmotionLogits together = three.classify(first, shortest, second);
      assertSame(one.classify(first), together, 0);
      assertSame(one.classify(shortest), together, 1);
      assertSame(one.classify(second), together, 2);
    }
  }

  /** What depends on the length alone is kept from call to call. */
  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("casesAndKernels")
  void whatWasHeardBeforeChangesNothing(GoldenCase golden, String kernels) throws IOException {
    Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
    try (LoadedModel upwards = new LoadedModel(gguf, kernels, 1);
        LoadedModel downwards = new LoadedModel(gguf, kernels, 1)) {
      float[] whole = upwards.normalize(golden.features().floats());
      int least = upwards.config().subsampling().leastFrames();
      float[] shortest = Arrays.copyOf(whole, least * upwards.config().frontEnd().melBins());

      EmotionLogits shortFirst = upwards.classify(shortest);
      EmotionLogits longLast = upwards.classify(whole);
      assertSame(longLast, downwards.classify(whole), 0);
      assertSame(shortFirst, downwards.classify(shortest), 0);
    }
  }

  /** Without a listener, blocks that nothing hears are left out. */
  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("casesAndKernels")
  void listeningChangesNothing(GoldenCase golden, String kernels) throws IOException {
    Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
    try (LoadedModel model = new LoadedModel(gguf, kernels, 1)) {
      float[] features = model.normalize(golden.features().floats());
      assertSame(model.classify(features), model.hear(features).logits(), 0);
    }
  }

  private static void assertSame(EmotionLogits alone, EmotionLogits batch, int utterance) {
    assertArrayEquals(alone.utterance(0), batch.utterance(utterance), 0f, "logits");
    if (!alone.hasFrames()) {
      return;
    }
    for (int t = 0; t < alone.frames(0); t++) {
      assertArrayEquals(alone.frame(0, t), batch.frame(utterance, t), 0f, "frame " + t);
    }
  }

  private static float[] backwards(float[] features, int bins) {
    float[] result = new float[features.length];
    for (int from = 0; from < features.length; from += bins) {
      System.arraycopy(features, from, result, features.length - bins - from, bins);
    }
    return result;
  }
}
