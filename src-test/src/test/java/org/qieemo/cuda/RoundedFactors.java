package org.qieemo.cuda;

import static org.qieemo.opencl.Comparison.halved;

import java.util.Arrays;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.opencl.Comparison;
import org.qieemo.opencl.Comparison.Frame;

/**
 * Compares products on tensor cores with the CPU's. CUDA gets its factors as they are, the CPU gets
 * them rounded: the results agree within the bounds of single ops in float32 only if both factors
 * were rounded, which the portable kernels do not do.
 */
final class RoundedFactors {
  private static final int ABOVE = 2;
  private static final int BELOW = 1;
  private static final int SIDE = 4;

  private RoundedFactors() {}

  /** An op on x, both what {@code backend} should get. */
  interface Op {
    Frame run(Backend backend, Execution e, HostTensor weight, float[] x);
  }

  static void compare(Backend cpu, String what, DType dtype, HostTensor weight, float[] x, Op op) {
    try (Backend cuda =
        DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.valueOf(dtype.name()))) {
      HostTensor roundedWeight = halved(dtype, weight);
      float[] quarter = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        quarter[i] = x[i] / 4;
      }
      HostTensor unrounded = HostTensor.of("x", new int[] {x.length}, quarter);
      float[] roundedX = halved(dtype, unrounded).toFloats();
      new Comparison(cpu, cuda)
          .check(
              dtype + " " + what,
              (backend, e) ->
                  backend == cpu
                      ? op.run(backend, e, roundedWeight, roundedX)
                      : op.run(backend, e, weight, quarter));
    }
  }

  /** Small integers: sums of their products, and of quarters of them, are exact in any order. */
  static HostTensor integers(long seed, int rows, int cols) {
    float[] values = Comparison.random(rows * cols, seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(8 * values[i]);
    }
    return HostTensor.of("integers", new int[] {rows, cols}, values);
  }

  /** A view whose rows begin at multiples of four, inside a larger tensor of {@code fill}. */
  static Frame frame(Execution e, int rows, int cols, float fill) {
    Tensor whole = e.take(ABOVE + rows + BELOW, (SIDE + cols + SIDE + 3) / 4 * 4);
    float[] values = new float[whole.rows() * whole.cols()];
    Arrays.fill(values, fill);
    e.write(values, 0, whole);
    return new Frame(whole, e.columns(e.rows(whole, ABOVE, rows), SIDE, cols));
  }

  /** A view of such a tensor with values, not-a-number around it. */
  static Tensor input(Execution e, int rows, int cols, float[] values) {
    Tensor view = frame(e, rows, cols, Float.NaN).view();
    e.write(values, 0, view);
    return view;
  }
}
