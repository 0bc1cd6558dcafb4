package org.qieemo.kernels.cuda;

import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qieemo.kernels.device.Grid;
import org.qieemo.kernels.device.Kernel;
import org.qieemo.kernels.device.Memory;

/** A kernel of one queue and the arguments of its next launch. One thread at a time. */
final class Launch implements Kernel {
  private final CudaQueue queue;
  private final String name;
  private final int number;
  private final int dynamicBytes;
  private long[] values = new long[24]; // little-endian: smaller types lie in the low bytes
  private final List<CudaMemory> memories = new ArrayList<>();
  private int arguments;
  private Grid grid;

  Launch(CudaQueue queue, String name, int number, int dynamicBytes) {
    this.queue = queue;
    this.name = name;
    this.number = number;
    this.dynamicBytes = dynamicBytes;
  }

  /** Starts with the first argument. */
  Launch begin() {
    arguments = 0;
    memories.clear();
    return this;
  }

  String name() {
    return name;
  }

  @Override
  public Kernel memory(Memory value) {
    CudaMemory memory = (CudaMemory) value;
    memories.add(memory);
    return argument(memory.address());
  }

  @Override
  public Kernel integer(int value) {
    return argument(value & 0xffffffffL);
  }

  @Override
  public Kernel real(float value) {
    return argument(Float.floatToRawIntBits(value) & 0xffffffffL);
  }

  private Kernel argument(long value) {
    if (arguments == values.length) {
      values = Arrays.copyOf(values, 2 * arguments);
    }
    values[arguments++] = value;
    return this;
  }

  @Override
  public void launch(Grid size) {
    grid = size;
    queue.launch(this);
  }

  int arguments() {
    return arguments;
  }

  void header(LongBuffer to, int count) {
    to.put(number).put(grid.x()).put(grid.y()).put(grid.z());
    to.put(grid.items()).put(dynamicBytes).put(count);
  }

  void values(LongBuffer to) {
    to.put(values, 0, arguments);
  }

  /** Holds the launch's memory and adds it to {@code all}. */
  void hold(List<CudaMemory> all) {
    for (CudaMemory memory : memories) {
      memory.hold();
      all.add(memory);
    }
  }
}
