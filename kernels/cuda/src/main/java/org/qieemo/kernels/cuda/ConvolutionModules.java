package org.qieemo.kernels.cuda;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.device.ConvolutionKernel;
import org.qieemo.kernels.device.KernelText;

/**
 * The text of convolution_module.cu, whole convolution modules in one launch on clusters of compute
 * capability 9.0, and whether it is used. It is not unless a property asks for it, as long as no
 * such device has shown that it is right and faster there. Stateless.
 */
final class ConvolutionModules {
  /** System property: {@code on} for these kernels where there are few rows. */
  static final String PROPERTY = "qieemo.cuda.convolutionModule";

  /** What it is compiled for. */
  static final String TARGET = "sm_90";

  /** Of convolution_module.cu. */
  private static final int FRAMES = 16;

  private static final int BLOCKS = 8;
  private static final int ITEMS = 256;
  private static final int MOST_WIDTH = 512;
  private static final int MOST_TAPS = 33;

  /** The size of its struct Shared, which it compares. */
  private static final int BYTES = 206_224;

  private ConvolutionModules() {}

  /** Whether a device has them. */
  static boolean fit(CudaDeviceInfo device) {
    return HopperOption.fits(device);
  }

  /**
   * Whether they are asked for.
   *
   * @throws BackendException if they are, and the device has none
   */
  static boolean areOn(CudaDeviceInfo device) {
    return HopperOption.isOn(PROPERTY, device);
  }

  /** One line for people, of a device that has them. */
  static String describe() {
    return "convolution modules in one launch: only with -D" + PROPERTY + "=on, for comparison";
  }

  /**
   * For so few rows that all groups run at the same time, one on each multiprocessor: they multiply
   * the rows around their frames anew, which pays where a launch costs more.
   */
  static ConvolutionKernel kernel(DType factors, int processors) {
    return new ConvolutionKernel(
        text(factors), FRAMES, BLOCKS, ITEMS, MOST_WIDTH, MOST_TAPS, processors);
  }

  static KernelText text(DType factors) {
    Map<String, String> definitions = new TreeMap<>();
    definitions.put("FACTOR_" + factors.name(), "");
    definitions.put("CLUSTER_BLOCKS", String.valueOf(BLOCKS));
    definitions.put("FRAMES", String.valueOf(FRAMES));
    definitions.put("MOST_WIDTH", String.valueOf(MOST_WIDTH));
    definitions.put("MOST_TAPS", String.valueOf(MOST_TAPS));
    definitions.put(CudaProgram.DYNAMIC_BYTES, String.valueOf(BYTES));
    String body =
        TensorCores.resource("tensor_core.h")
            + TensorCores.resource("cluster.h")
            + TensorCores.resource("convolution_module.cu")
            + TensorCores.resource("convolution_phases.cu");
    String name = "convolution-module " + factors.name();
    return KernelText.ofBody(name.toLowerCase(Locale.ROOT), definitions, body);
  }
}
