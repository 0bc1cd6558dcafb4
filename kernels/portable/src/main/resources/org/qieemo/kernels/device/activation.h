/* Activations by number; the numbers ACTIVATION_... are defined in front of the text. GLU is a kernel of its own. */

DEVICE float sigmoid(float x) { return 1.0f / (1.0f + EXP(-x)); }

DEVICE float activate(int activation, float x) {
  switch (activation) {
    case ACTIVATION_RELU:
      return larger(x, 0.0f);
    case ACTIVATION_SWISH:
      return x * sigmoid(x);
    case ACTIVATION_SIGMOID:
      return sigmoid(x);
    case ACTIVATION_TANH:
      return TANH(x);
    default:
      return x;
  }
}
