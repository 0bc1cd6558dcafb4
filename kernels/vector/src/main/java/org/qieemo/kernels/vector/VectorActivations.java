package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.cpu.ThreadScratch;

/**
 * Activations in place, over a range of one array. Those with an exponential go chunk by chunk: the
 * exponentials into the scratch, then the rest.
 */
final class VectorActivations {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorActivations() {}

  static void apply(Activation activation, float[] x, int from, int count, ThreadScratch scratch) {
    if (activation == Activation.RELU) {
      relu(x, from, count);
    } else if (activation != Activation.NONE) {
      float[] e = scratch.chunk0();
      for (int i = 0; i < count; i += e.length) {
        int n = Math.min(e.length, count - i);
        if (activation == Activation.SWISH) {
          swish(x, from + i, n, scratch);
        } else {
          chunk(activation, x, from + i, n, e);
        }
      }
    }
  }

  private static void chunk(Activation activation, float[] x, int from, int count, float[] e) {
    switch (activation) {
      case SIGMOID -> {
        VectorExp.exp(x, from, -1f, 0f, e, 0, count);
        reciprocal(e, 1f, 0f, x, from, count);
      }
      case TANH -> {
        VectorExp.exp(x, from, -2f, 0f, e, 0, count);
        reciprocal(e, 2f, -1f, x, from, count);
      }
      default -> throw new IllegalArgumentException(activation + " is not element by element");
    }
  }

  private static void swish(float[] x, int from, int count, ThreadScratch scratch) {
    int paired = VectorSwish.bound(count);
    VectorSwish.pairs(x, from, paired, scratch.line());
    if (paired < count) {
      gate(x, from + paired, x, from + paired, count - paired, scratch);
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

  /** x /= 1 + e. */
  private static void divideByOnePlus(float[] x, int from, float[] e, int count) {
    int vectors = SPECIES.loopBound(count);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector d = FloatVector.fromArray(SPECIES, e, i).add(1f);
      FloatVector.fromArray(SPECIES, x, from + i).div(d).intoArray(x, from + i);
    }
    for (int i = vectors; i < count; i++) {
      x[from + i] /= e[i] + 1f;
    }
  }

  /** x = over / (1 + e) + plus. */
  private static void reciprocal(
      float[] e, float over, float plus, float[] x, int from, int count) {
    int vectors = SPECIES.loopBound(count);
    FloatVector dividend = FloatVector.broadcast(SPECIES, over);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector divisor = FloatVector.fromArray(SPECIES, e, i).add(1f);
      dividend.div(divisor).add(plus).intoArray(x, from + i);
    }
    for (int i = vectors; i < count; i++) {
      x[from + i] = over / (e[i] + 1f) + plus;
    }
  }

  /** x *= sigmoid(gate) for {@code count} values. */
  static void gate(float[] x, int at, float[] gate, int gateAt, int count, ThreadScratch scratch) {
    float[] e = scratch.chunk0();
    for (int i = 0; i < count; i += e.length) {
      int n = Math.min(e.length, count - i);
      VectorExp.exp(gate, gateAt + i, -1f, 0f, e, 0, n);
      divideByOnePlus(x, at + i, e, n);
    }
  }
}
