package org.qieemo.kernels.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.Timings;

/** A queue that gives each launch to the driver by itself and measures it between two events. */
final class TimedQueue extends CudaQueue {
  private final Timings timings;
  private final CUevent start = new CUevent();
  private final CUevent end = new CUevent();

  TimedQueue(CudaDevice device, CUstream stream, Timings timings) {
    super(device, stream);
    this.timings = timings;
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
    device.enter();
    device.check(JCudaDriver.cuEventRecord(start, stream), "measure a kernel");
    flush();
    device.check(JCudaDriver.cuEventRecord(end, stream), "measure a kernel");
    device.check(JCudaDriver.cuEventSynchronize(end), "run the kernel " + launch.name());
    float[] milliseconds = new float[1];
    int code = JCudaDriver.cuEventElapsedTime(milliseconds, start, end);
    device.check(code, "measure a kernel");
    timings.launched(launch.name(), Math.round(milliseconds[0] * 1e6));
  }

  @Override
  void freeMore() {
    JCudaDriver.cuEventDestroy(start);
    JCudaDriver.cuEventDestroy(end);
  }
}
