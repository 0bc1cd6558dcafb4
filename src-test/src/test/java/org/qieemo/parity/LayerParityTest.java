package org.qieemo.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.Softmax;
import org.qieemo.support.GoldenTensors.Golden;
import org.qieemo.weights.FusionConfig.Calibration;

/**
 * Every configurable choice of the model, layer by layer, against the PyTorch reference in double
 * precision: converted from the reference's checkpoint, run on both CPU providers and, where there
 * is a device, on OpenCL and CUDA.
 */
class LayerParityTest {
  private static final double ABSOLUTE = 1e-5;
  private static final double RELATIVE = 1e-4;
  private static final double LOGITS = 1e-4;

  @TempDir Path folder;

  static Stream<Arguments> casesAndKernels() throws IOException {
    return GoldenCase.onEveryBackend(c -> true);
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("casesAndKernels")
  void everyLayerMatches(GoldenCase golden, String kernels) throws IOException {
    Path gguf = Conversions.toGguf(golden.checkpoint(), folder.resolve("model.gguf"));
    try (LoadedModel loaded = new LoadedModel(gguf, kernels, 1)) {
      float[] features = loaded.normalize(golden.features().floats());
      LoadedModel.Heard heard = loaded.hear(features);
      int compared = compareLayers(golden, heard.layers());
      assertTrue(compared >= 4, "only " + compared + " layers compared");
      if (golden.f64("logits") != null) {
        compareResult(golden, heard.logits(), loaded.config().fusion().calibration());
      }
    }
  }

  private static int compareLayers(GoldenCase golden, Map<String, float[]> layers) {
    int compared = 0;
    for (String key : golden.golden().keySet()) {
      String layer = key.substring(key.indexOf('.') + 1);
      boolean isResult = layer.equals("logits") || layer.endsWith("probabilities");
      if (key.startsWith("f64.") && !isResult) {
        assertNotNull(layers.get(layer), layer + " was not shown");
        compareLayer(layer, golden.f64(layer).values(), layers.get(layer));
        compared++;
      }
    }
    return compared;
  }

  /** Bounds of single ops, the relative part against the layer's largest value. */
  private static void compareLayer(String layer, double[] expected, float[] found) {
    assertEquals(expected.length, found.length, layer);
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < found.length; i++) {
      assertEquals(expected[i], found[i], ABSOLUTE + RELATIVE * largest, layer + "[" + i + "]");
    }
  }

  private static void compareResult(GoldenCase golden, EmotionLogits found, Calibration c) {
    Golden logits = golden.f64("logits");
    float[] z = found.utterance(0);
    for (int k = 0; k < z.length; k++) {
      assertEquals(logits.values()[k], z[k], LOGITS, "logits[" + k + "]");
    }
    double[] probabilities = Softmax.of(z, c.temperature(), c.prior(), c.priorTau());
    for (int k = 0; k < z.length; k++) {
      double expected = golden.f64("probabilities").values()[k];
      assertEquals(expected, probabilities[k], LOGITS, "probabilities[" + k + "]");
    }
  }
}
