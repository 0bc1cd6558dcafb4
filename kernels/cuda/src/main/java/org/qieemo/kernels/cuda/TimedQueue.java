package org.qieemo.kernels.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.Timings;

/**
 * A queue that gives each launch to the driver by itself and measures it between two events. The
 * device is kept busy meanwhile, or it would wait between the event and the launch; what keeps it
 * busy also leaves nothing of use in its caches.
 */
final class TimedQueue extends CudaQueue {
  /** Some 50 us of work for the fastest memory of these years, and several times its cache. */
  private static final long BUSY_BYTES = 256L << 20;

  private final Timings timings;
  private final CudaMemory busy;
  private final CUevent start = new CUevent();
  private final CUevent end = new CUevent();

  TimedQueue(CudaDevice device, CUstream stream, Timings timings) {
    super(device, stream);
    this.timings = timings;
    try {
      busy = (CudaMemory) device.allocate(BUSY_BYTES);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    try {
      device.make(start);
      device.make(end);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  void launch(Launch launch) {
    super.launch(launch);
    measure(launch.name(), this::flush);
  }

  @Override
  void run(String name, Runnable work) {
    measure(name, work);
  }

  private void measure(String name, Runnable work) {
    device.enter();
    CudaMemory.Address address = CudaMemory.of(busy);
    int code = JCudaDriver.cuMemsetD8Async(address, (byte) 0, BUSY_BYTES, stream);
    device.check(code, "keep the device busy");
    device.check(JCudaDriver.cuEventRecord(start, stream), "measure a kernel");
    work.run();
    device.check(JCudaDriver.cuEventRecord(end, stream), "measure a kernel");
    device.check(JCudaDriver.cuEventSynchronize(end), "run the kernel " + name);
    float[] milliseconds = new float[1];
    code = JCudaDriver.cuEventElapsedTime(milliseconds, start, end);
    device.check(code, "measure a kernel");
    timings.launched(name, Math.round(milliseconds[0] * 1e6));
  }

  @Override
  void freeMore() {
    if (busy != null) {
      busy.close();
    }
    JCudaDriver.cuEventDestroy(start);
    JCudaDriver.cuEventDestroy(end);
  }
}
