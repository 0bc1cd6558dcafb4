package org.qieemo.bench;

import java.util.List;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.ConvolutionLayers;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;

/** A Conformer's whole convolution module, one launch or several, as a {@link DeviceCase}. */
final class ModuleCase {
  private static final int WIDTH = DeviceCase.WIDTH;
  private static final int TAPS = DeviceCase.TAPS;

  private ModuleCase() {}

  /** With either norm behind the depthwise convolution. */
  static List<DeviceCase> both(int frames) {
    return List.of(batchNorm(frames), layerNorm(frames));
  }

  static DeviceCase batchNorm(int frames) {
    return module("convolution module", frames, true);
  }

  private static DeviceCase layerNorm(int frames) {
    return module("convolution module, LayerNorm", frames, false);
  }

  private static DeviceCase module(String name, int m, boolean folded) {
    return new DeviceCase(
        name,
        m + " x " + WIDTH + ", " + TAPS + " taps",
        2.0 * m * WIDTH * (3 * WIDTH + TAPS),
        DeviceCase.floats(2.0 * m * WIDTH, 3.0 * WIDTH * WIDTH, (double) TAPS * WIDTH),
        (backend, e) -> prepare(backend, e, m, layers(backend, folded)));
  }

  private static DeviceCase.Prepared prepare(
      Backend backend, Execution e, int m, ConvolutionLayers layers) {
    Segments segments = Segments.single(m);
    Tensor x = e.take(m, WIDTH);
    int mark = e.mark();
    Tensor sum = e.convolution(x, layers, segments); // tells where every sum will be
    e.write(Numbers.random(m * WIDTH, 3), 0, x);
    return new DeviceCase.Prepared(
        sum,
        () -> {
          e.release(mark);
          e.convolution(x, layers, segments);
        });
  }

  private static ConvolutionLayers layers(Backend backend, boolean folded) {
    Activation none = Activation.NONE;
    DepthwiseSpec depthwise =
        new DepthwiseSpec(
            DeviceCase.weight(5, WIDTH, TAPS),
            DeviceCase.weight(6, WIDTH),
            TAPS / 2,
            null,
            folded ? Activation.SWISH : none);
    return new ConvolutionLayers(
        norm(backend, 1, none),
        backend.linear(
            DeviceCase.weight(3, 2 * WIDTH, WIDTH),
            DeviceCase.weight(4, 2 * WIDTH),
            Activation.GLU),
        backend.depthwiseConv(depthwise),
        folded ? null : norm(backend, 7, Activation.SWISH),
        false,
        backend.linear(DeviceCase.weight(9, WIDTH, WIDTH), DeviceCase.weight(10, WIDTH), none));
  }

  private static Norm norm(Backend backend, long seed, Activation activation) {
    return backend.layerNorm(
        DeviceCase.weight(seed, WIDTH), DeviceCase.weight(seed + 1, WIDTH), 1e-5f, activation);
  }
}
