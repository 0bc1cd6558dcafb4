package org.qieemo.weights;

import java.util.Arrays;

/**
 * A tensor that a model file must hold.
 *
 * @param name in the file
 * @param shape outermost first
 * @param kind what it is, which decides how small it may be stored
 */
public record TensorSpec(String name, int[] shape, Kind kind) {

  /** What a tensor is. */
  public enum Kind {
    /** A matrix or convolution kernel that is multiplied with activations: any type. */
    MATRIX,
    /** Biases, norms, statistics, position biases, depthwise kernels: F32 always. */
    VECTOR
  }

  /** Elements of one row, the innermost dimension. */
  public int rowLength() {
    return shape[shape.length - 1];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorSpec spec
        && name.equals(spec.name)
        && Arrays.equals(shape, spec.shape)
        && kind == spec.kind;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name + " " + Arrays.toString(shape);
  }
}
