package org.qieemo.kernels.plain;

import org.qieemo.kernels.Activation;

/**
 * Activations in place, over a range of one array and without branches: the form that C2
 * vectorises. tanh and sigmoid are the rational approximation of tanh on [-9, 9] that Eigen and XLA
 * use, 13th degree over 6th, a few units in the last place from the exact value.
 */
final class PlainActivations {
  private static final float LIMIT = 9f;
  private static final float P1 = 4.89352455891786e-03f;
  private static final float P3 = 6.37261928875436e-04f;
  private static final float P5 = 1.48572235717979e-05f;
  private static final float P7 = 5.12229709037114e-08f;
  private static final float P9 = -8.60467152213735e-11f;
  private static final float P11 = 2.00018790482477e-13f;
  private static final float P13 = -2.76076847742355e-16f;
  private static final float Q0 = 4.89352518554385e-03f;
  private static final float Q2 = 2.26843463243900e-03f;
  private static final float Q4 = 1.18534705686654e-04f;
  private static final float Q6 = 1.19825839466702e-06f;

  private PlainActivations() {}

  static void apply(Activation activation, float[] x, int from, int to) {
    switch (activation) {
      case NONE -> {}
      case RELU -> relu(x, from, to);
      case SWISH -> swish(x, from, to);
      case SIGMOID -> sigmoid(x, from, to);
      case TANH -> tanh(x, from, to);
      default -> throw new IllegalArgumentException(activation + " is not element by element");
    }
  }

  private static void relu(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = Math.max(x[i], 0f);
    }
  }

  private static void swish(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = x[i] * (0.5f + 0.5f * tanh(0.5f * x[i]));
    }
  }

  private static void sigmoid(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = 0.5f + 0.5f * tanh(0.5f * x[i]);
    }
  }

  private static void tanh(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = tanh(x[i]);
    }
  }

  /** x[i] *= sigmoid(gate[i]). */
  static void gate(float[] x, float[] gate, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = x[i] * (0.5f + 0.5f * tanh(0.5f * gate[i]));
    }
  }

  private static float tanh(float x) {
    float u = Math.max(-LIMIT, Math.min(LIMIT, x));
    float s = u * u;
    float p = P1 + s * (P3 + s * (P5 + s * (P7 + s * (P9 + s * (P11 + s * P13)))));
    float q = Q0 + s * (Q2 + s * (Q4 + s * Q6));
    return u * p / q;
  }
}
