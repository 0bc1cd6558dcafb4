package org.qieemo.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.DeviceBackend;

/**
 * Times each kernel of a device by the device's own clock, after its result was compared with the
 * CPU's. Arguments: back end ({@code opencl}), frames (375, which is 15 s), device (the best),
 * precision ({@code f32}), sizes of square products ({@code 4096}). In place of all ops, {@code
 * rows=24000} takes the memory-bound kernels alone at so many frames, as a large batch has, {@code
 * products=24000} the matrix products, {@code modules=125} the whole convolution modules.
 */
public final class DeviceKernels {
  private static final int WARM_UPS = 3;
  private static final int RUNS = 20;
  private static final String ROWS = "rows=";
  private static final String PRODUCTS = "products=";
  private static final String MODULES = "modules=";
  private static final double ABSOLUTE = 1e-4;
  private static final double RELATIVE = 1e-4;

  private DeviceKernels() {}

  /** Prints a table. */
  public static void main(String[] arguments) {
    String name = arguments.length > 0 ? arguments[0] : "opencl";
    int frames = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 375;
    String device = arguments.length > 2 ? arguments[2] : "";
    Precision precision = Precision.parse(arguments.length > 3 ? arguments[3] : "f32");
    BackendOptions options = new BackendOptions(0, device, BackendOptions.UNKNOWN, precision);
    try (Backend opened = Backends.open(name, options);
        Backend cpu = Backends.open("cpu", BackendOptions.DEFAULT)) {
      if (!(opened instanceof DeviceBackend backend)) {
        throw new IllegalArgumentException(name + " is no device");
      }
      System.out.println(backend.description());
      System.out.println(
          "median of " + RUNS + " runs by the device's clock, results checked first");
      System.out.println("| kernel | size | us | GFLOP/s | GB/s | largest difference |");
      System.out.println("|---|---|---|---|---|---|");
      for (DeviceCase one : cases(frames, arguments)) {
        double difference = check(one, backend, cpu, precision);
        report(one, median(one, backend), difference);
      }
    }
  }

  private static List<DeviceCase> cases(int frames, String[] arguments) {
    List<DeviceCase> cases = new ArrayList<>();
    boolean some = false;
    for (int i = 4; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.startsWith(ROWS)) {
        some = true;
        cases.addAll(DeviceCase.memoryBound(Integer.parseInt(argument.substring(ROWS.length()))));
      } else if (argument.startsWith(PRODUCTS)) {
        some = true;
        cases.addAll(DeviceCase.products(Integer.parseInt(argument.substring(PRODUCTS.length()))));
      } else if (argument.startsWith(MODULES)) {
        some = true;
        cases.addAll(ModuleCase.both(Integer.parseInt(argument.substring(MODULES.length()))));
      } else {
        cases.add(DeviceCase.square(Integer.parseInt(argument)));
      }
    }
    if (!some) {
      cases.addAll(0, DeviceCase.all(frames));
    }
    return cases;
  }

  /** The largest difference from the CPU's result. */
  private static double check(DeviceCase one, Backend backend, Backend cpu, Precision precision) {
    float[] expected = once(one, cpu);
    float[] found = once(one, backend);
    double largest = 0;
    double rounding = rounding(precision) * rootMeanSquare(expected);
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - found[i]);
      if (!(difference <= ABSOLUTE + RELATIVE * Math.abs(expected[i]) + rounding)) {
        throw new IllegalStateException(
            one.name() + " is wrong: " + found[i] + " for " + expected[i] + " at " + i);
      }
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  /**
   * What rounded factors may move a result, in shares of the results' usual size: errors of single
   * products, 2^-9 in bfloat16 and 2^-12 in float16, of either sign; 8 deviations.
   */
  private static double rounding(Precision precision) {
    return switch (precision) {
      case F32 -> 0;
      case F16 -> 8 * Math.scalb(1, -12);
      case BF16 -> 8 * Math.scalb(1, -9);
    };
  }

  private static double rootMeanSquare(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  private static float[] once(DeviceCase one, Backend backend) {
    try (Execution execution = backend.newExecution()) {
      DeviceCase.Prepared prepared = one.op().prepare(backend, execution);
      prepared.run().run();
      Tensor out = prepared.out();
      float[] values = new float[out.rows() * out.cols()];
      execution.read(out, values, 0);
      return values;
    }
  }

  /** Of all launches of a run together. */
  private static double median(DeviceCase one, DeviceBackend backend) {
    AtomicLong spent = new AtomicLong();
    long[] sorted = new long[RUNS];
    try (Execution execution = backend.newExecution((kernel, time) -> spent.addAndGet(time))) {
      DeviceCase.Prepared prepared = one.op().prepare(backend, execution);
      for (int i = -WARM_UPS; i < RUNS; i++) {
        spent.set(0);
        prepared.run().run();
        sorted[Math.max(i, 0)] = spent.get();
      }
    }
    Arrays.sort(sorted);
    return sorted[RUNS / 2];
  }

  private static void report(DeviceCase one, double nanos, double difference) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.1f | %.2f | %.2f | %.1e |%n",
        one.name(),
        one.shape(),
        nanos / 1e3,
        one.flops() / nanos,
        one.bytes() / nanos,
        difference);
  }
}
