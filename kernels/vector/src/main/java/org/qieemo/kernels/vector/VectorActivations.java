package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.Activation;

/** Activations in place, over a range of one array. */
final class VectorActivations {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorActivations() {}

  static void apply(Activation activation, float[] x, int from, int count) {
    switch (activation) {
      case NONE -> {}
      case RELU -> relu(x, from, count);
      case SWISH -> swish(x, from, count);
      case SIGMOID -> sigmoid(x, from, count);
      case TANH -> tanh(x, from, count);
      default -> throw new IllegalArgumentException(activation + " is not element by element");
    }
  }

  private static void relu(float[] x, int from, int count) {
    int vectors = SPECIES.loopBound(count);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector.fromArray(SPECIES, x, from + i).max(0f).intoArray(x, from + i);
    }
    for (int i = vectors; i < count; i++) {
      x[from + i] = Math.max(x[from + i], 0f);
    }
  }

  private static void swish(float[] x, int from, int count) {
    int vectors = SPECIES.loopBound(count);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, from + i);
      v.div(VectorMath.onePlusExpOfMinus(v)).intoArray(x, from + i);
    }
    for (int i = vectors; i < count; i++) {
      x[from + i] /= VectorMath.onePlusExpOfMinus(x[from + i]);
    }
  }

  private static void sigmoid(float[] x, int from, int count) {
    int vectors = SPECIES.loopBound(count);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, from + i);
      one.div(VectorMath.onePlusExpOfMinus(v)).intoArray(x, from + i);
    }
    for (int i = vectors; i < count; i++) {
      x[from + i] = 1f / VectorMath.onePlusExpOfMinus(x[from + i]);
    }
  }

  private static void tanh(float[] x, int from, int count) {
    int vectors = SPECIES.loopBound(count);
    for (int i = 0; i < vectors; i += LANES) {
      VectorMath.tanh(FloatVector.fromArray(SPECIES, x, from + i)).intoArray(x, from + i);
    }
    for (int i = vectors; i < count; i++) {
      x[from + i] = VectorMath.tanh(x[from + i]);
    }
  }

  /** x *= sigmoid(gate), for {@code count} values, a multiple of the lanes. */
  static void gate(float[] x, float[] gate, int count) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gate, i);
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.div(VectorMath.onePlusExpOfMinus(g)).intoArray(x, i);
    }
  }
}
