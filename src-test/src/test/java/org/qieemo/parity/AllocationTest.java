package org.qieemo.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.EmotionRecognizer;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.FeatureBatch;

/** A warmed-up forward allocates nothing on the heap but its result. */
class AllocationTest {
  private static final int RUNS = 10;
  private static final int WARM_UPS = 100;

  /** The result: its object, row starts, logits, frame logits, each with an array header. */
  private static final int RESULT_BYTES = 512;

  @TempDir Path folder;

  static Stream<GoldenCase> cases() throws IOException {
    return GoldenCase.all().stream().filter(c -> c.f64("logits") != null);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyChoiceOnPlainJava(GoldenCase golden) throws IOException {
    Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
    try (LoadedModel loaded = new LoadedModel(gguf, "plain", 1)) {
      assertWarmForwardAllocatesItsResultAlone(loaded, golden.features().floats());
    }
  }

  /**
   * The embedded model: vectors are objects until C2 compiles the loops, which takes real sizes.
   */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void theEmbeddedModelOnBoth(String kernels) throws IOException {
    Path gguf = folder.resolve("embedded.gguf");
    try (InputStream in = EmotionRecognizer.class.getResourceAsStream("embedded.gguf")) {
      Files.copy(in, gguf);
    }
    try (LoadedModel loaded = new LoadedModel(gguf, kernels, 1)) {
      float[] features = new float[300 * loaded.config().frontEnd().melBins()];
      Random random = new Random(1);
      for (int i = 0; i < features.length; i++) {
        features[i] = (float) (10 + 3 * random.nextGaussian());
      }
      assertWarmForwardAllocatesItsResultAlone(loaded, features);
    }
  }

  /** Long audio is heard in batches of changing size: each size must find the same buffers. */
  @Test
  void smallerBatchesUseTheBuffersOfLargerOnes() throws IOException {
    Path gguf = folder.resolve("embedded.gguf");
    try (InputStream in = EmotionRecognizer.class.getResourceAsStream("embedded.gguf")) {
      Files.copy(in, gguf);
    }
    try (LoadedModel loaded = new LoadedModel(gguf, "plain", 1)) {
      int bins = loaded.config().frontEnd().melBins();
      float[] features = new float[100 * bins];
      loaded.classify(new FeatureBatch(Collections.nCopies(5, features), bins));
      ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      for (int count = 4; count >= 1; count--) {
        FeatureBatch batch = new FeatureBatch(Collections.nCopies(count, features), bins);
        long before = meter.getCurrentThreadAllocatedBytes();
        loaded.classify(batch);
        long allocated = meter.getCurrentThreadAllocatedBytes() - before;
        // the first convolution alone takes 490 KB an utterance
        assertTrue(allocated < 50_000, allocated + " bytes for a batch of " + count);
      }
    }
  }

  private static void assertWarmForwardAllocatesItsResultAlone(LoadedModel loaded, float[] raw) {
    FeatureBatch batch = loaded.batch(loaded.normalize(raw));
    EmotionLogits result = loaded.classify(batch);
    int labels = loaded.config().fusion().labels().size();
    long allowed = RESULT_BYTES + 4L * labels * (result.frames(0) + 1);
    long perRun = Long.MAX_VALUE;
    for (int attempt = 0; attempt < WARM_UPS && perRun > allowed; attempt++) {
      perRun = run(loaded, batch) / RUNS;
    }
    assertTrue(perRun <= allowed, perRun + " bytes per run, allowed " + allowed);
  }

  private static long run(LoadedModel loaded, FeatureBatch batch) {
    ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = meter.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < RUNS; i++) {
      loaded.classify(batch);
    }
    return meter.getCurrentThreadAllocatedBytes() - before;
  }
}
