package org.qieemo.kernels.cuda;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.Kernel;
import org.qieemo.kernels.device.Memory;
import org.qieemo.kernels.device.Program;
import org.qieemo.kernels.device.Queue;
import org.qieemo.kernels.device.Region;

/**
 * A stream. Launches wait until a copy, or the buffer's end, and are then given to the driver
 * together, which makes graphs of those that come again. One thread at a time.
 */
class CudaQueue implements Queue {
  final CudaDevice device;
  final CUstream stream;
  private final Launches launches;
  private final Graphs graphs;
  private final Staging staging;
  private final Map<Program, Map<String, Launch>> kernels = new HashMap<>();
  private CublasContext cublas; // null before the first product of cuBLAS
  private boolean closed;

  CudaQueue(CudaDevice device, CUstream stream) {
    this.device = device;
    this.stream = stream;
    graphs = new Graphs(device, stream);
    staging = new Staging(device, stream);
    try {
      launches = new Launches(device);
    } catch (RuntimeException e) {
      JCudaDriver.cuStreamDestroy(stream);
      throw e;
    }
  }

  @Override
  public void upload(ByteBuffer from, Memory to) {
    flush();
    staging.upload(from.duplicate(), to);
  }

  @Override
  public void write(ByteBuffer from, Memory to) {
    flush();
    staging.write(from.duplicate(), to);
  }

  @Override
  public void write(float[] from, int offset, Region to) {
    flush();
    staging.write(from, offset, to);
  }

  @Override
  public void read(Region from, float[] to, int offset) {
    flush();
    staging.read(from, to, offset);
  }

  @Override
  public Kernel kernel(Program program, String name) {
    if (program instanceof CublasProgram products) {
      return new CublasKernel(this, products, name);
    }
    Map<String, Launch> ofProgram = kernels.computeIfAbsent(program, p -> new HashMap<>());
    Launch kernel = ofProgram.get(name);
    if (kernel == null) {
      device.enter();
      CudaProgram mine = (CudaProgram) program;
      int number = launches.number(mine.function(name));
      kernel = new Launch(this, name, number, mine.dynamicBytes());
      ofProgram.put(name, kernel);
    }
    return kernel.begin();
  }

  /** Takes a launch. */
  void launch(Launch launch) {
    if (!launches.fits(launch)) {
      flush();
    }
    launches.add(launch);
  }

  /** cuBLAS on this stream. */
  CublasContext cublas() {
    if (cublas == null) {
      cublas = new CublasContext(device, stream);
    }
    return cublas;
  }

  /** Lets somebody else give work to the stream, behind all launches. */
  void run(String name, Runnable work) {
    flush();
    work.run();
  }

  /** Gives all launches to the driver. */
  final void flush() {
    device.enter();
    try {
      graphs.submit(launches);
    } finally {
      launches.clear();
    }
  }

  /** Frees what a kind of queue has of its own. */
  void freeMore() {}

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    device.enterToFree();
    JCudaDriver.cuStreamSynchronize(stream); // what it returns does not matter any more
    if (cublas != null) {
      cublas.close();
    }
    launches.free();
    graphs.free();
    staging.free();
    freeMore();
    kernels.clear();
    JCudaDriver.cuStreamDestroy(stream);
  }
}
