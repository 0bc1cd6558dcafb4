package org.qieemo.model;

import static org.qieemo.weights.TensorNames.KEY;
import static org.qieemo.weights.TensorNames.NORM;
import static org.qieemo.weights.TensorNames.OUT;
import static org.qieemo.weights.TensorNames.POSITION;
import static org.qieemo.weights.TensorNames.POSITION_BIAS_U;
import static org.qieemo.weights.TensorNames.POSITION_BIAS_V;
import static org.qieemo.weights.TensorNames.QUERY;
import static org.qieemo.weights.TensorNames.VALUE;
import static org.qieemo.weights.TensorNames.WEIGHT;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.EncoderConfig;

/**
 * x += out(MHA(LN(x))) with score[i,j] = ((q_i + u).k_j + (q_i + v).p) / sqrt(d/h), p the projected
 * position row that {@link PositionTerm} names.
 */
final class SelfAttention {
  private final Norm norm; // [d]
  private final Linear qkv; // [3d, d]
  private final ProjectedPositions positions; // null without a position term
  private final Attention attention;
  private final Linear out; // [d, d]
  private final EncoderConfig encoder;

  SelfAttention(WeightScope scope) {
    encoder = scope.config().encoder();
    norm = scope.encoderNorm(NORM);
    qkv = scope.stackedLinear(QUERY, KEY, VALUE);
    out = scope.linear(OUT, Activation.NONE);
    boolean positioned = encoder.position().term() != PositionTerm.NONE;
    positions = positioned ? positions(scope) : null;
    attention =
        scope
            .backend()
            .attention(
                new AttentionSpec(
                    encoder.width(),
                    encoder.heads(),
                    encoder.position().term(),
                    positioned ? scope.tensor(POSITION_BIAS_U) : null,
                    positioned ? scope.tensor(POSITION_BIAS_V) : null,
                    encoder.mask()));
  }

  private static ProjectedPositions positions(WeightScope scope) {
    Linear projection =
        scope.backend().linear(scope.tensor(POSITION + WEIGHT), null, Activation.NONE);
    return new ProjectedPositions(projection, scope.config().encoder());
  }

  /** x [T, d], in place. */
  void addTo(Forward f, Tensor x) {
    Execution exec = f.exec;
    int d = encoder.width();
    int mark = exec.mark();
    Tensor all = exec.take(x.rows(), 3 * d);
    Residual.enter(exec, x, norm, encoder.normFirst(), qkv, all);
    Tensor q = exec.columns(all, 0, d);
    Tensor kv = exec.columns(all, d, 2 * d);
    Tensor context = exec.take(x.rows(), d);
    Tensor places = positions == null ? null : positions.take(f, f.frames().longest());
    exec.attention(attention, q, kv, places, f.frames(), context);
    exec.linearAdd(context, out, 1f, x);
    Residual.leave(exec, x, norm, encoder.normFirst());
    exec.release(mark);
  }

  /**
   * The same for the next frames of a stream.
   *
   * @param table position rows of the keys kept and the new ones where they move on with the
   *     stream, otherwise null
   */
  void addTo(Forward f, Tensor x, Tensor table, EncoderCache stream, AttentionCache cache) {
    Execution exec = f.exec;
    int d = encoder.width();
    int n = x.rows();
    int mark = exec.mark();
    Tensor all = exec.take(n, 3 * d);
    Residual.enter(exec, x, norm, encoder.normFirst(), qkv, all);
    Tensor keys = cache.append(exec, exec.columns(all, d, 2 * d));
    Tensor q = exec.take(keys.rows(), d); // rows of keys kept ask nothing
    AttentionCache.copy(exec, exec.columns(all, 0, d), exec.rows(q, stream.kept(), n));
    Tensor context = exec.take(keys.rows(), d);
    Tensor places = positions == null ? null : places(f, table, keys.rows());
    exec.attention(attention, q, keys, places, stream.keys(n), context);
    exec.linearAdd(exec.rows(context, stream.kept(), n), out, 1f, x);
    Residual.leave(exec, x, norm, encoder.normFirst());
    cache.trim();
    exec.release(mark);
  }

  private Tensor places(Forward f, Tensor table, int keys) {
    return table == null ? positions.take(f, keys) : positions.project(f.exec, table);
  }
}
