package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.converter.FrontEndChoice;
import org.qieemo.converter.WeightType;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.cuda.CudaProvider;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.opencl.Comparison;
import org.qieemo.support.Repository;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/** Whole models whose convolution modules are one launch each. */
class ConvolutionModelTest {
  private static final String PROPERTY = "qieemo.cuda.convolutionModule";
  private static final String GRAPHS = "qieemo.cuda.graphs";

  @TempDir Path folder;

  @BeforeEach
  void prepare() {
    CudaUnderTest.orSkip();
    if (!CudaUnderTest.isReal()) {
      Control.capability(90);
      Control.processors(132);
    }
    String said = String.join("\n", new CudaProvider().details());
    Assumptions.assumeTrue(said.contains(PROPERTY), "needs compute capability 9.0: " + said);
  }

  @AfterEach
  void restore() {
    System.clearProperty(PROPERTY);
    System.clearProperty(GRAPHS);
    if (CudaUnderTest.isTested() && !CudaUnderTest.isReal()) {
      Control.capability(80);
      Control.processors(4);
    }
  }

  private ModelFile model(String name) throws Exception {
    Path gguf = folder.resolve(name + ".gguf");
    ConvertOptions options = new ConvertOptions(WeightType.F32, null, FrontEndChoice.AUTO);
    Path golden = Repository.goldens().resolve(name);
    Converter.convert(new ConversionRequest(golden, gguf, options), ConversionListener.SILENT);
    return ModelFile.of(GgufReader.read(gguf));
  }

  private static Backend open(String value) {
    System.setProperty(PROPERTY, value);
    return DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.BF16);
  }

  private static float[] hear(Forward forward, Qieemo model, ModelFile file, int... lengths) {
    int bins = file.config().frontEnd().melBins();
    List<float[]> utterances = new ArrayList<>();
    for (int length : lengths) {
      utterances.add(Comparison.random(length * bins, length));
    }
    EmotionLogits logits = model.classify(forward, new FeatureBatch(utterances, bins));
    int labels = logits.utterance(0).length;
    float[] all = new float[lengths.length * labels];
    for (int i = 0; i < lengths.length; i++) {
      System.arraycopy(logits.utterance(i), 0, all, i * labels, labels);
    }
    return all;
  }

  /** Logits, and what the emulated driver counted meanwhile. */
  private record Heard(float[] logits, long launches) {}

  private static Heard hear(ModelFile file, String value, int... lengths) {
    System.setProperty(GRAPHS, "off");
    try (Backend backend = open(value);
        Forward forward = new Forward(backend)) {
      Qieemo model = new Qieemo(backend, file);
      long before = CudaUnderTest.isReal() ? 0 : Control.launches();
      float[] logits = hear(forward, model, file, lengths);
      return new Heard(logits, CudaUnderTest.isReal() ? 0 : Control.launches() - before);
    } finally {
      System.clearProperty(GRAPHS);
    }
  }

  @ParameterizedTest
  @CsvSource({"sub-conv2d, 2", "conv-layer-norm, 3", "conv-causal, 2", "norm-last, 0"})
  void logitsAreTheSameWithFewerLaunches(String name, int fewerInABlock) throws Exception {
    ModelFile file = model(name);
    Heard separate = hear(file, "off", 90, 41);
    Heard fused = hear(file, "on", 90, 41);
    assertArrayEquals(separate.logits(), fused.logits());
    if (!CudaUnderTest.isReal()) {
      long blocks = file.config().encoder().blocks();
      assertEquals(blocks * fewerInABlock, separate.launches() - fused.launches());
    }
  }

  /** True lengths come from the device: one graph for all lengths of a bucket. */
  @ParameterizedTest
  @ValueSource(strings = {"sub-conv2d", "conv-layer-norm"})
  void aBucketIsReplayed(String name) throws Exception {
    ModelFile file = model(name);
    float[] eager = hear(file, "off", 101).logits();
    float[] longest = hear(file, "off", 128).logits();
    try (Backend backend = open("on");
        Forward forward = new Forward(backend)) {
      Qieemo model = new Qieemo(backend, file);
      for (int length : new int[] {128, 120, 110}) {
        hear(forward, model, file, length);
      }
      boolean emulated = !CudaUnderTest.isReal();
      long launches = emulated ? Control.launches() : 0;
      long graphs = emulated ? Control.graphLaunches() : 0;
      assertArrayEquals(eager, hear(forward, model, file, 101));
      assertArrayEquals(longest, hear(forward, model, file, 128));
      if (emulated) {
        assertEquals(2, Control.launches() - launches, "the pooling alone is no graph");
        assertTrue(Control.graphLaunches() - graphs >= 2, "no graphs");
      }
    }
  }
}
