package org.qieemo.kernels.device;

import org.qieemo.kernels.Tensor;

/**
 * A slot of the workspace. A taken tensor uses the slot's own memory without gaps; a view uses
 * another slot's.
 */
final class DeviceTensor implements Tensor {
  private final DeviceExecution owner;
  private Memory own; // null until the slot is first taken
  private Region region;

  DeviceTensor(DeviceExecution owner) {
    this.owner = owner;
  }

  /** Makes this slot a tensor of its own memory, which grows if it must. */
  DeviceTensor own(Device device, int rows, int cols) {
    long bytes = Math.max(1L, (long) rows * cols) * Float.BYTES;
    if (own == null || own.bytes() < bytes) {
      free(); // first, so that both need not fit
      own = device.allocate(roundUp(bytes, device.limits().allocationBytes()));
    }
    return view(new Region(own, 0, rows, cols, cols));
  }

  /** A little more, so that slightly longer audio fits the same memory, as far as permitted. */
  private static long roundUp(long bytes, long most) {
    long granule = 1 << 16;
    long rounded = (bytes + granule - 1) / granule * granule;
    return rounded > most ? bytes : rounded;
  }

  /** Makes this slot a view. */
  DeviceTensor view(Region of) {
    region = of;
    return this;
  }

  DeviceExecution owner() {
    return owner;
  }

  Region region() {
    return region;
  }

  void free() {
    if (own != null) {
      own.close();
      own = null;
    }
  }

  @Override
  public int rows() {
    return region.rows();
  }

  @Override
  public int cols() {
    return region.cols();
  }

  @Override
  public String toString() {
    return "[" + rows() + ", " + cols() + "]";
  }
}
