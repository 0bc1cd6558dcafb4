package org.qieemo.kernels.device;

import java.util.List;
import java.util.Optional;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.PositionTerm;

/**
 * An opened accelerator. Thread-safe; whoever gets an object from it closes that object before the
 * device.
 */
public interface Device extends AutoCloseable {
  /** Short name of the kind of back end: {@code opencl}, {@code cuda}. */
  String backend();

  /** One sentence for people: which hardware, driven by what. */
  String description();

  /** What people should know of it before they rely on it, one line each; mostly empty. */
  default List<String> warnings() {
    return List.of();
  }

  /** What its work-groups and buffers may be. */
  Limits limits();

  /**
   * Reserves memory, contents undefined.
   *
   * @param bytes at least 1
   * @throws BackendException if there is not so much, or not in one piece
   */
  Memory allocate(long bytes);

  /** Whether launches whose arguments are those of earlier ones cost much less. */
  default boolean replays() {
    return false;
  }

  /**
   * Compiles kernels, or finds them compiled.
   *
   * @throws BackendException if the driver refuses them
   */
  Program build(KernelText text);

  /**
   * Kernels of this device's own for layers whose factors are both rounded to a type, from the
   * largest tile to the smallest; where there are none, the portable kernels multiply.
   *
   * @param factors F16 or BF16, which is also how the weights are stored
   */
  default List<ProductKernels> products(DType factors) {
    return List.of();
  }

  /** The same for convolutions, {@code conv2d} alone. */
  default List<ProductKernels> convolutions(DType factors) {
    return List.of();
  }

  /**
   * The same for layers so deep that small results must not be computed by one group each; {@code
   * linear} and {@code linear_add} alone.
   */
  default List<ProductKernels> deepProducts(DType factors) {
    return List.of();
  }

  /**
   * A kernel of this device's own for attention whose factors are all rounded to a type; where
   * there is none, the portable kernel computes.
   *
   * @param factors F16 or BF16
   */
  default Optional<AttentionKernel> attention(DType factors, PositionTerm term) {
    return Optional.empty();
  }

  /**
   * Kernels of this device's own for whole convolution modules whose matrix factors are all rounded
   * to a type; where there are none, one op's kernel follows the other's.
   *
   * @param factors F16 or BF16
   */
  default Optional<ConvolutionKernel> convolution(DType factors) {
    return Optional.empty();
  }

  /** Opens a queue of commands that run in their order. */
  Queue newQueue();

  /**
   * Opens a queue that waits for every launch and measures it.
   *
   * @param timings gets each launch's time, in the thread that launches
   */
  Queue newQueue(Timings timings);

  @Override
  void close();
}
