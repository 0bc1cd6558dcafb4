package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.opencl.Comparison;
import org.qieemo.opencl.GoldenModel;

/** Inputs of similar lengths share their graphs, and every result is that of the eager launches. */
class FrameBucketTest {
  private static final String GRAPHS = "qieemo.cuda.graphs";
  private static final int BINS = 24;

  /** The pooling, behind the copy of the frames' logits: too little for a graph. */
  private static final int SINGLE_LAUNCHES = 1;

  @TempDir Path folder;
  private GoldenModel golden;

  @BeforeEach
  void load() throws Exception {
    CudaUnderTest.orSkip();
    golden = GoldenModel.load(folder);
    assertEquals(BINS, golden.file().config().frontEnd().melBins());
  }

  private static void onlyEmulated() {
    Assumptions.assumeFalse(CudaUnderTest.isReal(), "needs the emulated driver");
  }

  /** What the emulated driver has counted; a real one's counts are not known. */
  private record Counts(long launches, long graphs) {
    static Counts now() {
      return CudaUnderTest.isReal()
          ? new Counts(0, 0)
          : new Counts(Control.launches(), Control.graphLaunches());
    }

    /** Between this and now there were so many inputs, each of them replayed. */
    void assertReplayed(int inputs, long graphsOfEach) {
      if (CudaUnderTest.isReal()) {
        return;
      }
      assertTrue(graphsOfEach > 0, "no graph");
      Counts now = now();
      assertEquals(inputs * graphsOfEach, now.graphs - graphs, "graphs");
      assertEquals((long) inputs * SINGLE_LAUNCHES, now.launches - launches, "single launches");
    }
  }

  private static float[] features(int frames) {
    return Comparison.random(frames * BINS, frames);
  }

  private static float[] hear(Forward forward, Qieemo model, int... lengths) {
    List<float[]> utterances = Arrays.stream(lengths).mapToObj(FrameBucketTest::features).toList();
    EmotionLogits logits = model.classify(forward, new FeatureBatch(utterances, BINS));
    List<Float> all = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      for (float logit : logits.utterance(i)) {
        all.add(logit);
      }
    }
    float[] result = new float[all.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = all.get(i);
    }
    return result;
  }

  /** What a device without graphs, and so without buckets, hears. */
  private float[] eagerly(Precision precision, int... lengths) {
    System.setProperty(GRAPHS, "off");
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), precision);
        Forward forward = new Forward(backend)) {
      return hear(forward, new Qieemo(backend, golden.file()), lengths);
    } finally {
      System.clearProperty(GRAPHS);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void aNewLengthInsideABucketReplaysAndChangesNoBit(Precision precision) {
    float[] eager = eagerly(precision, 101);
    float[] longest = eagerly(precision, 128);
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), precision);
        Forward forward = new Forward(backend)) {
      Qieemo model = new Qieemo(backend, golden.file());
      hear(forward, model, 128); // its position rows serve all that are shorter
      hear(forward, model, 120);
      hear(forward, model, 110);
      Counts before = Counts.now();
      assertArrayEquals(eager, hear(forward, model, 101));
      long each = Counts.now().graphs() - before.graphs();
      assertArrayEquals(longest, hear(forward, model, 128));
      hear(forward, model, 97);
      before.assertReplayed(3, each);
    }
  }

  @Test
  void aBatchOfOtherLengthsReplaysAndIsTheSameAsEachAlone() {
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Forward forward = new Forward(backend)) {
      Qieemo model = new Qieemo(backend, golden.file());
      float[] first = hear(forward, model, 70);
      float[] second = hear(forward, model, 41);
      hear(forward, model, 60, 61);
      hear(forward, model, 50, 60);
      Counts before = Counts.now();
      float[] both = hear(forward, model, 70, 41);
      before.assertReplayed(1, 1);
      assertArrayEquals(first, Arrays.copyOf(both, first.length));
      assertArrayEquals(second, Arrays.copyOfRange(both, first.length, both.length));
    }
  }

  @Test
  void positionRowsAreCopiedToTheDeviceOnce() {
    onlyEmulated();
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Forward forward = new Forward(backend);
        Forward another = new Forward(backend)) {
      Qieemo model = new Qieemo(backend, golden.file());
      hear(forward, model, 128);
      long before = Control.copiedBytes();
      hear(forward, model, 128);
      assertEquals(128 * BINS * Float.BYTES, Control.copiedBytes() - before, "features alone");
      before = Control.copiedBytes();
      hear(another, model, 100); // its tables are its own
      long copied = Control.copiedBytes() - before;
      int width = golden.file().config().encoder().width();
      long rowsOfOneLayer = 2L * 24 * width * Float.BYTES;
      long tables = 128 * 12 * Integer.BYTES;
      assertTrue(copied < 100 * BINS * Float.BYTES + tables + rowsOfOneLayer, copied + " bytes");
    }
  }

  @Test
  void graphsAreBounded() {
    onlyEmulated();
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Execution e = backend.newExecution()) {
      long most = Control.objects();
      for (int shape = 1; shape <= 150; shape++) {
        for (int i = 0; i < 3; i++) {
          int mark = e.mark();
          Tensor x = e.take(shape, 2);
          e.write(new float[2 * shape], 0, x);
          for (int op = 0; op < 4; op++) {
            e.scaledSum(1, x, 1, x, x);
          }
          e.read(x, new float[2 * shape], 0);
          e.release(mark);
        }
        if (shape == 70) {
          most = Control.objects();
        }
      }
      assertEquals(most, Control.objects());
    }
  }
}
