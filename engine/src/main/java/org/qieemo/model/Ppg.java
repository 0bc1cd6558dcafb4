package org.qieemo.model;

import static org.qieemo.weights.TensorNames.BIAS;
import static org.qieemo.weights.TensorNames.PPG_NORM;
import static org.qieemo.weights.TensorNames.PPG_PROJ;
import static org.qieemo.weights.TensorNames.WEIGHT;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.FusionConfig.PpgForm;
import org.qieemo.weights.ModelConfig;

/**
 * The textual stream: P = softmax(CTC logits) (or their log softmax, or the logits themselves), P'
 * = LayerNorm(P W_p + b_p). A blank column that is left out gets zero weights, which is the same as
 * dropping it.
 */
final class Ppg {
  private final CtcHead ctc;
  private final Linear projection; // [w, V]
  private final Norm norm; // [w]
  private final PpgForm form;

  Ppg(WeightScope scope, CtcHead ctc) {
    FusionConfig fusion = scope.config().fusion();
    this.ctc = ctc;
    HostTensor weight = scope.tensor(PPG_PROJ + WEIGHT);
    HostTensor full = fusion.ppg().blank() ? weight : withBlankColumn(weight, scope.config());
    projection = scope.backend().linear(full, scope.tensor(PPG_PROJ + BIAS), Activation.NONE);
    norm = scope.fusionNorm(PPG_NORM);
    form = fusion.ppg().form();
  }

  /** H^enc [T, d] to P' in {@code projected} [T, w]. */
  void forward(Forward f, Tensor h, Tensor projected) {
    int mark = f.exec.mark();
    Tensor p = f.exec.take(h.rows(), ctc.vocabulary());
    ctc.forward(f, h, p);
    if (f.isListening()) {
      showPosteriorgram(f, p);
    }
    switch (form) {
      case PROB -> f.exec.softmax(p, p);
      case LOG_PROB -> f.exec.logSoftmax(p, p);
      case LOGITS -> {}
    }
    f.exec.linear(p, projection, projected);
    f.exec.layerNorm(projected, norm, projected);
    f.show(Layer.PPG_PROJECTED, projected);
    f.exec.release(mark);
  }

  /** Shows softmax(logits), whatever the form that is projected. */
  static void showPosteriorgram(Forward f, Tensor logits) {
    int mark = f.exec.mark();
    Tensor posteriorgram = f.exec.take(logits.rows(), logits.cols());
    f.exec.softmax(logits, posteriorgram);
    f.show(Layer.PPG, posteriorgram);
    f.exec.release(mark);
  }

  private static HostTensor withBlankColumn(HostTensor weight, ModelConfig config) {
    int blank = config.ctc().blank();
    int rows = weight.dim(0);
    int cols = weight.dim(1);
    float[] narrow = weight.toFloats();
    float[] wide = new float[rows * (cols + 1)];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(narrow, r * cols, wide, r * (cols + 1), blank);
      int behind = r * (cols + 1) + blank + 1;
      System.arraycopy(narrow, r * cols + blank, wide, behind, cols - blank);
    }
    return HostTensor.of(weight.name(), new int[] {rows, cols + 1}, wide);
  }
}
