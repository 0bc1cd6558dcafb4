package org.qieemo.kernels.device;

import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Tensor;

/**
 * A slot of the workspace. A taken tensor uses the slot's own memory without gaps; a view uses
 * another slot's, or that of a constant.
 */
final class DeviceTensor implements Tensor {
  private final DeviceExecution owner;
  private Memory own; // null until the slot is first taken
  private Region region;
  private int room; // rows from the region's first that it may write: at least its own
  private Constants.Constant constant; // that it views, else null

  DeviceTensor(DeviceExecution owner) {
    this.owner = owner;
  }

  /** Makes this slot a tensor of its own memory, which grows if it must. */
  DeviceTensor own(Device device, int rows, int cols, int room) {
    long most = device.limits().allocationBytes();
    long roomBytes = (long) room * cols * Float.BYTES;
    int kept = roomBytes > most ? rows : room;
    long bytes = Math.max(1L, (long) kept * cols) * Float.BYTES;
    if (own == null || own.bytes() < bytes) {
      free(); // first, so that both need not fit
      own = device.allocate(roundUp(bytes, most));
    }
    return view(new Region(own, 0, rows, cols, cols), kept);
  }

  /** A little more, so that slightly longer audio fits the same memory, as far as permitted. */
  private static long roundUp(long bytes, long most) {
    long granule = 1 << 16;
    long rounded = (bytes + granule - 1) / granule * granule;
    return rounded > most ? bytes : rounded;
  }

  /** Makes this slot a view with room for so many rows. */
  DeviceTensor view(Region of, int withRoom) {
    region = of;
    room = withRoom;
    constant = null;
    return this;
  }

  /** Makes this slot a view of rows that never change. */
  DeviceTensor view(Constants.Constant of, int firstRow, int rows, int cols) {
    view(new Region(of.memory(), firstRow * cols, rows, cols, cols), rows);
    constant = of;
    return this;
  }

  DeviceExecution owner() {
    return owner;
  }

  Region region() {
    return region;
  }

  /** How many rows, from the first on, kernels may read and write. */
  int room() {
    return room;
  }

  /**
   * As position rows: where these are a part of a constant whose rows mean the same, all of them,
   * so that a longer or shorter segment changes no argument of a kernel.
   */
  Region positionRows(PositionTerm term) {
    if (constant == null) {
      return region;
    }
    int all = constant.values().length / cols();
    int first = region.offset() / cols();
    boolean same = term == PositionTerm.RELATIVE ? 2 * first + rows() == all : first == 0;
    return same ? new Region(constant.memory(), 0, all, cols(), cols()) : region;
  }

  void free() {
    if (own != null) {
      own.close();
      own = null;
    }
    constant = null;
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
