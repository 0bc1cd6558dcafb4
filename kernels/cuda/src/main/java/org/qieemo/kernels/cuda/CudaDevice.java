package org.qieemo.kernels.cuda;

import java.util.List;
import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.DeviceLostException;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.device.AttentionKernel;
import org.qieemo.kernels.device.ConvolutionKernel;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Limits;
import org.qieemo.kernels.device.Memory;
import org.qieemo.kernels.device.ProductKernels;
import org.qieemo.kernels.device.Program;
import org.qieemo.kernels.device.Queue;
import org.qieemo.kernels.device.Timings;

/**
 * A CUDA device with its primary context, which the driver shares among all that use the device in
 * this process. Once a kernel has failed or the device is gone, the driver refuses everything; this
 * object remembers it and fails at once, but still closes. Thread-safe.
 */
final class CudaDevice implements Device {
  private final CudaDeviceInfo info;
  private final CUcontext context;
  private final Cubins cubins;
  private final boolean replays = Graphs.areOn();
  private volatile BackendException lost; // null while the device works
  private boolean closed; // guarded by this

  private CudaDevice(CudaDeviceInfo info, CUcontext context, Cubins cubins) {
    this.info = info;
    this.context = context;
    this.cubins = cubins;
  }

  static CudaDevice open(CudaDeviceInfo info) {
    Cubins cubins = Cubins.of(info);
    CUcontext context = new CUcontext();
    Cuda.check(
        JCudaDriver.cuDevicePrimaryCtxRetain(context, info.handle()), "open " + info.describe());
    return new CudaDevice(info, context, cubins);
  }

  @Override
  public String backend() {
    return CudaProvider.NAME;
  }

  @Override
  public String description() {
    return "CUDA, " + info.describe();
  }

  @Override
  public Limits limits() {
    return info.limits();
  }

  /** What of the jar's machine code it runs. */
  Cubins cubins() {
    return cubins;
  }

  /** Makes the context this thread's, as every call of the driver needs. */
  void enter() {
    BackendException failure = lost;
    if (failure != null) {
      throw new DeviceLostException(failure.getMessage());
    }
    Cuda.check(JCudaDriver.cuCtxSetCurrent(context), "use the device");
  }

  /** Enters where failures do not matter, because things are being freed. */
  void enterToFree() {
    JCudaDriver.cuCtxSetCurrent(context);
  }

  /** Throws unless a call succeeded, and remembers if the device is lost. */
  void check(int code, String what) {
    if (code == CUresult.CUDA_SUCCESS) {
      return;
    }
    BackendException failure = Cuda.failure(code, what);
    if (Cuda.isFatal(code)) {
      lost = failure;
    }
    throw failure;
  }

  @Override
  public Memory allocate(long bytes) {
    enter();
    CudaMemory.Address address = new CudaMemory.Address();
    check(JCudaDriver.cuMemAlloc(address, bytes), "reserve " + bytes + " bytes");
    return new CudaMemory(this, address, bytes);
  }

  @Override
  public boolean replays() {
    return replays;
  }

  @Override
  public Program build(KernelText text) {
    enter();
    CudaProgram program = CudaProgram.load(this, text);
    return CublasOption.isOf(text) ? CublasOption.program(text, program) : program;
  }

  @Override
  public List<ProductKernels> products(DType factors) {
    if (!hasTensorCores()) {
      return List.of();
    }
    return CublasOption.isOn() ? CublasOption.products(factors) : convolutions(factors);
  }

  @Override
  public List<ProductKernels> convolutions(DType factors) {
    return hasTensorCores()
        ? withLargest(ProductTiles.usual(factors, info.processors()), factors)
        : List.of();
  }

  @Override
  public List<ProductKernels> deepProducts(DType factors) {
    boolean own = hasTensorCores() && !CublasOption.isOn();
    return own
        ? withLargest(ProductTiles.deep(factors, info.processors()), factors)
        : products(factors);
  }

  private List<ProductKernels> withLargest(List<ProductKernels> tiles, DType factors) {
    return WarpgroupProducts.areOn(info) ? WarpgroupProducts.before(tiles, factors, info) : tiles;
  }

  private boolean hasTensorCores() {
    return info.capability() >= TensorCores.LEAST_CAPABILITY;
  }

  @Override
  public Optional<AttentionKernel> attention(DType factors, PositionTerm term) {
    return hasTensorCores() ? TensorCores.attention(factors, term) : Optional.empty();
  }

  @Override
  public Optional<ConvolutionKernel> convolution(DType factors) {
    return ConvolutionModules.areOn(info)
        ? Optional.of(ConvolutionModules.kernel(factors, info.processors()))
        : Optional.empty();
  }

  @Override
  public Queue newQueue() {
    enter();
    return new CudaQueue(this, stream());
  }

  @Override
  public Queue newQueue(Timings timings) {
    enter();
    return new TimedQueue(this, stream(), timings);
  }

  private CUstream stream() {
    CUstream stream = new CUstream();
    int code = JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
    check(code, "open a queue");
    return stream;
  }

  /** Makes an event that keeps the time. */
  void make(CUevent event) {
    check(JCudaDriver.cuEventCreate(event, 0), "make an event");
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      JCudaDriver.cuDevicePrimaryCtxRelease(info.handle());
    }
  }
}
