package org.qieemo.kernels.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.device.AttentionKernel;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Limits;
import org.qieemo.kernels.device.ProductKernels;

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
      products(factors).forEach(kernels -> all.add(Source.of(kernels.text(), TensorCores.TARGET)));
      deepProducts(factors)
          .forEach(kernels -> all.add(Source.of(kernels.text(), TensorCores.TARGET)));
      all.add(Source.of(WarpgroupProducts.text(factors), WarpgroupProducts.TARGET));
      all.add(Source.of(ConvolutionModules.text(factors), ConvolutionModules.TARGET));
      all.add(Source.of(CublasOption.text(factors), TensorCores.TARGET));
      for (PositionTerm term : PositionTerm.values()) {
        attention(factors, term)
            .ifPresent(kernel -> all.add(Source.of(kernel.text(), TensorCores.TARGET)));
      }
    }
    return all;
  }

  /**
   * Machine code of one text.
   *
   * @param source what it is made of
   * @param gpu the assembler's name of what it is made for, such as {@code sm_80}
   * @param file name of the file
   */
  public record Cubin(Source source, String gpu, String file) {
    /** What the file holds, around what the assembler gave. */
    public byte[] file(byte[] assembled) {
      byte[] end = Cubins.end(source.text());
      byte[] all = Arrays.copyOf(assembled, assembled.length + end.length);
      System.arraycopy(end, 0, all, assembled.length, end.length);
      return all;
    }
  }

  /** Those of a source for what it can run on, none of what runs for comparison alone. */
  public static List<Cubin> cubins(Source source) {
    return !Cubins.areMadeOf(source.text(), source.target())
        ? List.of()
        : Cubins.CAPABILITIES.stream()
            .filter(of -> Cubins.gpu(of).compareTo(source.target()) >= 0)
            .map(of -> new Cubin(source, Cubins.gpu(of), Cubins.fileName(source.text(), of)))
            .toList();
  }

  /** The jar's file of a cubin, null if there is none. */
  public static byte[] read(Cubin cubin) {
    return Ptx.read(cubin.file());
  }

  /** The jar's PTX of a source, with its header. */
  public static byte[] ptx(Source source) {
    return Ptx.of(source.text());
  }

  /** The products of a device with tensor cores, from the largest tile to the smallest. */
  public static List<ProductKernels> products(DType factors) {
    return ProductTiles.usual(factors, 1);
  }

  /** Those for deep layers. */
  public static List<ProductKernels> deepProducts(DType factors) {
    return ProductTiles.deep(factors, 1);
  }

  /** The attention of such a device. */
  public static Optional<AttentionKernel> attention(DType factors, PositionTerm term) {
    return TensorCores.attention(factors, term);
  }
}
