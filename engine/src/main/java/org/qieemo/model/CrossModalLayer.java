package org.qieemo.model;

import static org.qieemo.weights.TensorNames.DOWN;
import static org.qieemo.weights.TensorNames.KEY;
import static org.qieemo.weights.TensorNames.NORM1;
import static org.qieemo.weights.TensorNames.NORM2;
import static org.qieemo.weights.TensorNames.OUT;
import static org.qieemo.weights.TensorNames.QUERY;
import static org.qieemo.weights.TensorNames.UP;
import static org.qieemo.weights.TensorNames.VALUE;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.FusionConfig.CmaNorm;

/**
 * A = LayerNorm(Q + MHA(Q, K, V)), Z = LayerNorm(A + FFN(A)), FFN: d -> f -> d with ReLU; or, with
 * the norms first, A = Q + MHA(LN(Q), K, V), Z = A + FFN(LN(A)).
 */
final class CrossModalLayer {
  private final Linear query; // [w, w]
  private final Linear keyValue; // [2w, w]
  private final Attention attention;
  private final Linear out; // [w, w]
  private final Norm norm1; // [w]
  private final Linear up; // [f, w], ReLU
  private final Linear down; // [w, f]
  private final Norm norm2; // [w]
  private final boolean normFirst;

  CrossModalLayer(WeightScope scope) {
    FusionConfig fusion = scope.config().fusion();
    query = scope.linear(QUERY, Activation.NONE);
    keyValue = scope.stackedLinear(KEY, VALUE);
    attention =
        scope.backend().attention(AttentionSpec.plain(fusion.width(), fusion.cma().heads()));
    out = scope.linear(OUT, Activation.NONE);
    norm1 = scope.fusionNorm(NORM1);
    up = scope.linear(UP, Activation.RELU);
    down = scope.linear(DOWN, Activation.NONE);
    norm2 = scope.fusionNorm(NORM2);
    normFirst = fusion.cma().norm() == CmaNorm.PRE;
  }

  /** x [T, w], the asking stream, in place; other [T, w]. */
  void forward(Forward f, Tensor x, Tensor other) {
    attend(f, x, other);
    feedForward(f.exec, x);
  }

  private void attend(Forward f, Tensor x, Tensor other) {
    Execution exec = f.exec;
    int w = x.cols();
    int mark = exec.mark();
    Tensor q = exec.take(x.rows(), w);
    Residual.enter(exec, x, norm1, normFirst, query, q);
    Tensor kv = exec.take(x.rows(), 2 * w);
    exec.linear(other, keyValue, kv);
    Tensor context = exec.take(x.rows(), w);
    exec.attention(attention, q, kv, null, f.frames(), context);
    exec.linearAdd(context, out, 1f, x);
    Residual.leave(exec, x, norm1, normFirst);
    exec.release(mark);
  }

  private void feedForward(Execution exec, Tensor x) {
    int mark = exec.mark();
    Tensor hidden = exec.take(x.rows(), up.outputs());
    Residual.enter(exec, x, norm2, normFirst, up, hidden);
    exec.linearAdd(hidden, down, 1f, x);
    Residual.leave(exec, x, norm2, normFirst);
    exec.release(mark);
  }
}
