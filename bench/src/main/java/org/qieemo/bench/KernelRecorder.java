package org.qieemo.bench;

import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.cuda.CudaKernels;
import org.qieemo.kernels.device.AttentionKernel;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.Grid;
import org.qieemo.kernels.device.Kernel;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Limits;
import org.qieemo.kernels.device.Memory;
import org.qieemo.kernels.device.ProductKernels;
import org.qieemo.kernels.device.Program;
import org.qieemo.kernels.device.Queue;
import org.qieemo.kernels.device.Region;
import org.qieemo.kernels.device.Timings;

/**
 * No device: a CUDA device with tensor cores that remembers which kernels were asked for, and
 * forgets all else. One thread at a time.
 */
final class KernelRecorder implements Device {
  private final Set<KernelText> built = new LinkedHashSet<>();

  /** What was asked for, in order. */
  List<KernelText> built() {
    return List.copyOf(built);
  }

  @Override
  public String backend() {
    return "cuda";
  }

  @Override
  public String description() {
    return "no device";
  }

  @Override
  public Limits limits() {
    return new Limits(1024, 48 << 10, 1L << 32);
  }

  @Override
  public Memory allocate(long bytes) {
    return new Memory() {
      @Override
      public long bytes() {
        return bytes;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Program build(KernelText text) {
    built.add(text);
    return () -> {};
  }

  @Override
  public List<ProductKernels> products(DType factors) {
    return CudaKernels.products(factors);
  }

  @Override
  public List<ProductKernels> convolutions(DType factors) {
    return CudaKernels.products(factors);
  }

  @Override
  public List<ProductKernels> deepProducts(DType factors) {
    return CudaKernels.deepProducts(factors);
  }

  @Override
  public Optional<AttentionKernel> attention(DType factors, PositionTerm term) {
    return CudaKernels.attention(factors, term);
  }

  @Override
  public Queue newQueue() {
    return new Forgetting();
  }

  @Override
  public Queue newQueue(Timings timings) {
    return new Forgetting();
  }

  @Override
  public void close() {}

  private static final class Forgetting implements Queue, Kernel {
    @Override
    public void upload(ByteBuffer from, Memory to) {}

    @Override
    public void write(ByteBuffer from, Memory to) {}

    @Override
    public void write(float[] from, int offset, Region to) {}

    @Override
    public void read(Region from, float[] to, int offset) {}

    @Override
    public Kernel kernel(Program program, String name) {
      return this;
    }

    @Override
    public Kernel memory(Memory value) {
      return this;
    }

    @Override
    public Kernel integer(int value) {
      return this;
    }

    @Override
    public Kernel real(float value) {
      return this;
    }

    @Override
    public void launch(Grid grid) {}

    @Override
    public void close() {}
  }
}
