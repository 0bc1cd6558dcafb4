package org.qieemo.model;

import static org.qieemo.weights.TensorNames.BIAS;
import static org.qieemo.weights.TensorNames.SUBSAMPLING_NORM;
import static org.qieemo.weights.TensorNames.SUBSAMPLING_OUT;
import static org.qieemo.weights.TensorNames.WEIGHT;
import static org.qieemo.weights.TensorNames.subsamplingConv;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.EncoderConfig.Position;
import org.qieemo.weights.SubsamplingConfig.Kind;

/**
 * Features [T, F] to encoder frames H^0 [T', d]: strided convolutions with ReLU, a projection of
 * the bins and channels that remain, the factor sqrt(d), and the sinusoid of absolute positions.
 * {@code linear} has a LayerNorm in place of the convolutions, {@code stack} projects several
 * frames side by side, {@code identity} takes the features as they are.
 */
final class Subsampling {
  private final Conv2d[] convolutions;
  private final Linear out; // [d, F' * C], column f * C + c; linear: [d, F], stack: [d, s * F]
  private final Norm norm; // [d], linear only
  private final Kind kind;
  private final EncoderConfig encoder;

  Subsampling(WeightScope scope) {
    encoder = scope.config().encoder();
    var config = scope.config().subsampling();
    kind = config.kind();
    convolutions = new Conv2d[kind.convolutions()];
    int bins = scope.config().frontEnd().melBins();
    for (int i = 0; i < convolutions.length; i++) {
      Conv2dGeometry geometry = config.geometry(i, bins);
      WeightScope conv = scope.at(subsamplingConv(i));
      convolutions[i] = scope.backend().conv2d(conv.tensor(WEIGHT), conv.tensor(BIAS), geometry);
      bins = geometry.outputBins();
    }
    out = kind == Kind.IDENTITY ? null : scope.linear(SUBSAMPLING_OUT, Activation.NONE);
    norm = kind == Kind.LINEAR ? scope.fusionNorm(SUBSAMPLING_NORM) : null;
  }

  /**
   * Writes H^0 of all utterances into {@code h} [T', d].
   *
   * @param stream tells what was heard before the only utterance; null for whole utterances
   */
  void forward(Forward f, Tensor features, Tensor h, EncoderCache stream) {
    Execution exec = f.exec;
    int mark = exec.mark();
    switch (kind) {
      case IDENTITY -> exec.scaledSum(1f, features, 0f, features, h);
      case STACK -> stack(f, features, h);
      default -> project(f, features, h);
    }
    scaleAndPosition(f, h, stream);
    exec.release(mark);
  }

  private void project(Forward f, Tensor features, Tensor h) {
    Tensor x = features;
    int i = 0;
    if (convolutions.length > 1) {
      x = convolveTwice(f, x);
      i = 2;
    }
    for (; i < convolutions.length; i++) {
      x = convolve(f, x, i);
    }
    f.exec.linear(x, out, h);
    if (norm != null) {
      f.exec.layerNorm(h, norm, h);
    }
  }

  /** Each utterance for itself, as frames may be left over at its end. */
  private void stack(Forward f, Tensor features, Tensor h) {
    Execution exec = f.exec;
    Segments in = f.stage(0);
    Segments frames = f.frames();
    int stride = out.inputs() / features.cols();
    for (int s = 0; s < frames.count(); s++) {
      int rows = frames.length(s);
      Tensor used = exec.rows(features, in.start(s), rows * stride);
      Tensor stacked = exec.reshape(used, rows, out.inputs());
      exec.linear(stacked, out, exec.rows(h, frames.start(s), rows));
    }
  }

  /** x [T, F * Cin] to [T', F' * C]. */
  private Tensor convolve(Forward f, Tensor x, int i) {
    Conv2dGeometry geometry = convolutions[i].geometry();
    Segments in = f.stage(i);
    Tensor y = result(f, i);
    f.exec.conv2d(
        byBins(f, x, geometry, in), convolutions[i], in, outputs(f, y, i), f.stage(i + 1));
    return y;
  }

  /** The first two convolutions. */
  private Tensor convolveTwice(Forward f, Tensor x) {
    Segments in = f.stage(0);
    Tensor y = result(f, 1);
    f.exec.conv2d(
        byBins(f, x, convolutions[0].geometry(), in),
        convolutions[0],
        in,
        f.stage(1),
        convolutions[1],
        outputs(f, y, 1),
        f.stage(2));
    return y;
  }

  private static Tensor byBins(Forward f, Tensor x, Conv2dGeometry geometry, Segments in) {
    return f.exec.reshape(x, in.rows() * geometry.inputBins(), geometry.inputChannels());
  }

  /** Room for the result of a convolution [T', F' * C]. */
  private Tensor result(Forward f, int i) {
    Conv2dGeometry geometry = convolutions[i].geometry();
    return f.exec.take(f.stage(i + 1).rows(), geometry.outputBins() * geometry.outputChannels());
  }

  /** The same as [T' * F', C]. */
  private Tensor outputs(Forward f, Tensor y, int i) {
    Conv2dGeometry geometry = convolutions[i].geometry();
    return f.exec.reshape(y, y.rows() * geometry.outputBins(), geometry.outputChannels());
  }

  private void scaleAndPosition(Forward f, Tensor h, EncoderCache stream) {
    Execution exec = f.exec;
    float scale = encoder.inputScale() ? (float) Math.sqrt(encoder.width()) : 1f;
    if (encoder.position() != Position.ABSOLUTE) {
      exec.scaledSum(scale, h, 0f, h, h);
      return;
    }
    if (stream != null) {
      Tensor positions = stream.positions().take(exec, stream.frames(), h.rows(), encoder.width());
      exec.scaledSum(scale, h, 1f, positions, h);
      return;
    }
    Segments frames = f.frames();
    Tensor table = f.positions.take(exec, Position.ABSOLUTE, frames.longest(), encoder.width());
    for (int s = 0; s < frames.count(); s++) {
      Tensor utterance = exec.rows(h, frames.start(s), frames.length(s));
      Tensor positions = exec.rows(table, 0, frames.length(s));
      exec.scaledSum(scale, utterance, 1f, positions, utterance);
    }
  }
}
