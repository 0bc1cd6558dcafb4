package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.cuda.ConvolutionCase.Mix;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.ShapeException;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.DeviceBackend;

/** Convolution modules in one launch of clusters, against the launches that they stand for. */
class ConvolutionModuleTest {
  private static final String PROPERTY = "qieemo.cuda.convolutionModule";
  private static final HopperProperty HOPPER =
      new HopperProperty(PROPERTY, "convolution modules in one launch");
  private static final int[][] LENGTHS = {{1}, {5}, {16}, {17}, {50}, {3, 20, 0, 1, 17, 38}};

  /** Of wide modules, of which the emulated device does less in a second. */
  private static final int[][] SOME_LENGTHS = {{1}, {17}, {3, 20, 0, 1, 8}};

  @BeforeEach
  void turnOn() {
    CudaUnderTest.orSkip();
    if (!CudaUnderTest.isReal()) {
      Control.processors(132);
    }
    HOPPER.turnOn();
  }

  @AfterEach
  void turnOff() {
    HOPPER.turnOff();
    if (CudaUnderTest.isTested() && !CudaUnderTest.isReal()) {
      Control.processors(4);
    }
  }

  private static void onlyEmulated() {
    Assumptions.assumeFalse(CudaUnderTest.isReal(), "needs the emulated driver");
  }

  private static DeviceBackend open(String value, Precision precision) {
    System.setProperty(PROPERTY, value);
    try {
      return DeviceBackend.open(CudaUnderTest.deviceOrSkip(), precision);
    } finally {
      System.setProperty(PROPERTY, "on");
    }
  }

  static Stream<ConvolutionCase> cases() {
    return Stream.of(
        new ConvolutionCase(16, 1, Mix.BATCH_NORM, false),
        new ConvolutionCase(16, 15, Mix.LAYER_NORM, true),
        new ConvolutionCase(48, 33, Mix.LAYER_NORM, false),
        new ConvolutionCase(144, 31, Mix.BATCH_NORM, false),
        new ConvolutionCase(144, 15, Mix.LAYER_NORM, false),
        new ConvolutionCase(176, 8, Mix.BATCH_NORM, true),
        new ConvolutionCase(256, 15, Mix.BATCH_NORM, false),
        new ConvolutionCase(256, 31, Mix.LAYER_NORM, true),
        new ConvolutionCase(336, 15, Mix.LAYER_NORM, false),
        new ConvolutionCase(384, 17, Mix.BATCH_NORM, false),
        new ConvolutionCase(512, 15, Mix.BATCH_NORM, false),
        new ConvolutionCase(512, 31, Mix.BATCH_NORM, false),
        new ConvolutionCase(512, 31, Mix.LAYER_NORM, false));
  }

  /** To the bit what several launches leave, and what the CPU does within rounding. */
  @ParameterizedTest
  @MethodSource("cases")
  void allLengths(ConvolutionCase one) {
    for (Precision precision : List.of(Precision.F16, Precision.BF16)) {
      try (Backend fused = open("on", precision);
          Backend separate = open("off", precision);
          Backend cpu = Backends.open("cpu", new BackendOptions(0))) {
        boolean all = one.width() < 300 || CudaUnderTest.isReal();
        for (int[] lengths : all ? LENGTHS : SOME_LENGTHS) {
          String what = precision + " " + Arrays.toString(lengths);
          float[] found = one.run(fused, lengths);
          assertArrayEquals(one.run(separate, lengths), found, what);
          one.assertClose(what, one.run(cpu, lengths), found, precision);
        }
      }
    }
  }

  @Test
  void aSegmentAloneIsTheSameAsAmongOthers() {
    ConvolutionCase one = new ConvolutionCase(144, 15, Mix.LAYER_NORM, false);
    int[] lengths = {1, 15, 33, 2, 16, 29};
    try (Backend backend = open("on", Precision.BF16)) {
      float[] all = one.run(backend, lengths);
      int from = 0;
      for (int length : lengths) {
        int end = from + length;
        float[] x = Arrays.copyOfRange(one.x(lengths), from * 144, end * 144);
        float[] alone = one.run(backend, x, length);
        assertArrayEquals(Arrays.copyOfRange(all, from * 144, end * 144), alone, length + " rows");
        from = end;
      }
    }
  }

  /** Of one call: that so many launches do it. */
  private static void assertLaunches(
      int expected, String value, Precision precision, ConvolutionCase one, int rows) {
    try (Backend backend = open(value, precision)) {
      long before = Control.launches();
      one.run(backend, rows);
      assertEquals(expected, Control.launches() - before, one + ", " + rows + " rows, " + value);
    }
  }

  @Test
  void oneLaunchWhereItIsMadeForAndSeveralElsewhere() {
    onlyEmulated();
    ConvolutionCase one = new ConvolutionCase(16, 15, Mix.BATCH_NORM, false);
    ConvolutionCase norm = new ConvolutionCase(16, 15, Mix.LAYER_NORM, false);
    assertLaunches(1, "on", Precision.BF16, one, 256);
    assertLaunches(1, "on", Precision.F16, norm, 40);
    assertLaunches(3, "off", Precision.BF16, one, 256);
    assertLaunches(4, "off", Precision.BF16, norm, 40);
    assertLaunches(3, "on", Precision.BF16, one, 257); // more groups than multiprocessors
    assertLaunches(4, "on", Precision.F32, one, 40); // no rounded factors; a LayerNorm by itself
    List<ConvolutionCase> others =
        List.of(
            new ConvolutionCase(24, 15, Mix.BATCH_NORM, false),
            new ConvolutionCase(16, 34, Mix.BATCH_NORM, false),
            new ConvolutionCase(528, 3, Mix.BATCH_NORM, false));
    for (ConvolutionCase other : others) {
      assertLaunches(3, "on", Precision.BF16, other, 20);
    }
    assertLaunches(4, "on", Precision.BF16, new ConvolutionCase(16, 3, Mix.GROUP_NORM, false), 20);
  }

  @Test
  void xIsAsBeforeWhereTheSumIsElsewhere() {
    ConvolutionCase one = new ConvolutionCase(32, 15, Mix.BATCH_NORM, false);
    try (Backend backend = open("on", Precision.BF16);
        var e = backend.newExecution()) {
      Tensor x = e.take(40, 32);
      float[] values = one.x(40);
      e.write(values, 0, x);
      Tensor sum = e.convolution(x, one.layers(backend), Segments.single(40));
      float[] left = new float[values.length];
      e.read(x, left, 0);
      assertTrue(sum != x);
      assertArrayEquals(values, left);
    }
  }

  /** In the emulation, memory that ends where x does ends the process of whoever reads on. */
  @Test
  void readsNothingBehindX() {
    ConvolutionCase one = new ConvolutionCase(128, 15, Mix.BATCH_NORM, false);
    try (Backend backend = open("on", Precision.F16);
        var e = backend.newExecution()) {
      Tensor x = e.take(128, 128); // 64 KiB, as memory is reserved
      float[] values = one.x(128);
      e.write(values, 0, x);
      float[] found = new float[values.length];
      e.read(e.convolution(x, one.layers(backend), Segments.single(128)), found, 0);
      assertArrayEquals(one.run(backend, 128), found);
    }
  }

  @Test
  void writesNothingBehindItsRows() {
    int width = 32;
    ConvolutionCase one = new ConvolutionCase(width, 15, Mix.LAYER_NORM, false);
    try (Backend backend = open("on", Precision.F16);
        var e = backend.newExecution()) {
      Tensor x = e.take(21, width);
      e.write(one.x(21), 0, x);
      int mark = e.mark();
      float[] sevens = new float[64 * width];
      Arrays.fill(sevens, 7);
      e.write(sevens, 0, e.take(64, width));
      e.release(mark);
      Tensor sum = e.convolution(x, one.layers(backend), Segments.single(21)); // the same memory
      float[] rows = new float[21 * width];
      e.read(sum, rows, 0);
      e.release(mark);
      float[] found = new float[64 * width];
      e.read(e.take(64, width), found, 0);
      assertArrayEquals(rows, Arrays.copyOf(found, rows.length));
      float[] behind = Arrays.copyOfRange(found, rows.length, found.length);
      assertArrayEquals(Arrays.copyOf(sevens, behind.length), behind);
    }
  }

  @Test
  void shapesAreChecked() {
    ConvolutionCase one = new ConvolutionCase(32, 15, Mix.BATCH_NORM, false);
    try (Backend backend = open("on", Precision.BF16);
        var e = backend.newExecution()) {
      var layers = one.layers(backend);
      var rows = Segments.single(5);
      assertThrows(ShapeException.class, () -> e.convolution(e.take(5, 31), layers, rows));
      assertThrows(ShapeException.class, () -> e.convolution(e.take(6, 32), layers, rows));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 89, 100, 120})
  void otherDevicesRefuse(int capability) {
    onlyEmulated();
    Control.capability(capability);
    BackendException e =
        assertThrows(BackendException.class, () -> open("on", Precision.BF16).close());
    assertTrue(e.getMessage().contains("compute capability 9.0"), e.getMessage());
    open("off", Precision.BF16).close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"F16", "BF16"})
  void aWordThatIsNeitherIsRefused(Precision precision) {
    BackendException e = assertThrows(BackendException.class, () -> open("yes", precision).close());
    assertTrue(e.getMessage().contains("neither on nor off"), e.getMessage());
  }
}
