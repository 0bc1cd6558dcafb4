package org.qieemo.kernels.device;

/** The next launch of a kernel: arguments in the order of its parameters, then the launch. */
public interface Kernel {
  /** The next argument is a pointer. */
  Kernel memory(Memory value);

  /** The next argument is an int. */
  Kernel integer(int value);

  /** The next argument is a float. */
  Kernel real(float value);

  /** The next three arguments are a matrix: pointer, offset, row stride. */
  default Kernel region(Region value) {
    return memory(value.memory()).integer(value.offset()).integer(value.stride());
  }

  /** Queues the launch; returns before it has run. */
  void launch(Grid grid);
}
