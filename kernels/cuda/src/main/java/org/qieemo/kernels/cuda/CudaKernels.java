package org.qieemo.kernels.cuda;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Limits;

/** What the jar has compiled kernels of, for the program that compiles them. Stateless. */
public final class CudaKernels {
  /** What every device of compute capability 7.5 permits. */
  private static final Limits LIMITS = new Limits(1024, 48 << 10, 1L << 32);

  private CudaKernels() {}

  /**
   * One text and what it is compiled for.
   *
   * @param text what nvcc gets
   * @param target nvcc's name of the least device, such as {@code sm_75}
   * @param file name of the PTX file
   * @param header its first line
   */
  public record Source(KernelText text, String target, String file, String header) {
    private static Source of(KernelText text, String target) {
      return new Source(text, target, Ptx.fileName(text), Ptx.header(text));
    }
  }

  /** All of them. */
  public static List<Source> sources() {
    List<Source> all = new ArrayList<>();
    DeviceBackend.kernelTexts(LIMITS).forEach(text -> all.add(Source.of(text, "sm_75")));
    for (DType factors : List.of(DType.F16, DType.BF16)) {
      ProductTiles.usual(factors, 1)
          .forEach(kernels -> all.add(Source.of(kernels.text(), TensorCores.TARGET)));
      ProductTiles.deep(factors, 1)
          .forEach(kernels -> all.add(Source.of(kernels.text(), TensorCores.TARGET)));
      all.add(Source.of(WarpgroupProducts.text(factors), WarpgroupProducts.TARGET));
      all.add(Source.of(ConvolutionModules.text(factors), ConvolutionModules.TARGET));
      all.add(Source.of(CublasOption.text(factors), TensorCores.TARGET));
      for (PositionTerm term : PositionTerm.values()) {
        TensorCores.attention(factors, term)
            .ifPresent(kernel -> all.add(Source.of(kernel.text(), TensorCores.TARGET)));
      }
    }
    return all;
  }

  /** The jar's PTX of a source, with its header. */
  public static byte[] ptx(Source source) {
    return Ptx.of(source.text());
  }
}
