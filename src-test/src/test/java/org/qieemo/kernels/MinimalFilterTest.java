package org.qieemo.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolutions of so many channels that they are done by minimal filtering, two frames and two bins
 * at a time, against double-precision loops.
 */
class MinimalFilterTest {
  private static final int CHANNELS = 256;

  /**
   * A millionth of the largest of these sums of 2304 products, to which every part adds its own
   * rounding.
   */
  private static final double ABSOLUTE = 6e-5;

  static Stream<Arguments> geometries() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 0, CHANNELS, 40, 39)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 1, CHANNELS, 17, 8)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 0, 288, 300, 9)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 2, CHANNELS + 1, 1, 3)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 0, CHANNELS, 5, 4))); // one bin out
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void givesTheConvolution(String kernels, Conv2dGeometry g) {
    for (int[] lengths : new int[][] {{3}, {7}, {9, 1, 0, 12, 2, 5}, {33, 34}}) {
      ConvolutionTest.assertConvolves(kernels, g, ABSOLUTE, lengths);
    }
  }

  static Stream<Arguments> cuts() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      for (int threads : new int[] {1, 3}) {
        all.add(Arguments.of(kernels, threads));
      }
    }
    return all.stream();
  }

  /** A piece that starts with the second frame of a tile has the bits of the whole. */
  @ParameterizedTest
  @MethodSource("cuts")
  void whereAnUtteranceIsCutDoesNotMatter(String kernels, int threads) {
    Conv2dGeometry g = new Conv2dGeometry(3, 2, 0, CHANNELS, 20, 11);
    int outFrames = 61;
    int frames = 2 * outFrames + 1;
    Matrix x = Matrix.random(frames * g.inputBins(), g.inputChannels(), 1);
    try (Backend backend = Cpu.open(kernels, threads);
        Execution e = backend.newExecution()) {
      Conv2d conv =
          backend.conv2d(ConvolutionTest.weight(g, 2), Matrix.random(1, 20, 3).vector(), g);
      Matrix whole = convolve(e, conv, x, 0);
      for (int piece : new int[] {1, 2, 5, 40}) {
        for (int first = 0; first < outFrames; first += piece) {
          int count = Math.min(piece, outFrames - first);
          int row = 2 * first * g.inputBins();
          Matrix part = convolve(e, conv, x.slice(row, (2 * count + 1) * g.inputBins()), first);
          Matrix expected = whole.slice(first * g.outputBins(), count * g.outputBins());
          Matrix.assertSame(expected, part, "piece of " + piece + " from frame " + first);
        }
      }
    }
  }

  private static Matrix convolve(Execution e, Conv2d conv, Matrix x, int before) {
    Conv2dGeometry g = conv.geometry();
    int mark = e.mark();
    Segments frames = Segments.single(x.rows / g.inputBins());
    Segments outFrames = Segments.single(g.outputFrames(frames.rows()));
    outFrames.continueBehind(before);
    Tensor out = e.take(outFrames.rows() * g.outputBins(), g.outputChannels());
    e.conv2d(x.on(e), conv, frames, out, outFrames);
    Matrix found = Matrix.read(e, out);
    e.release(mark);
    return found;
  }

  /** Each utterance alone gives what it gives in a batch, on any number of threads. */
  @ParameterizedTest
  @MethodSource("cuts")
  void aloneIsAsInABatch(String kernels, int threads) {
    Conv2dGeometry g = new Conv2dGeometry(3, 2, 1, CHANNELS, 33, 13);
    int[] lengths = {9, 200, 1, 34};
    Segments frames = ConvolutionTest.segments(lengths);
    Segments outFrames = new Segments();
    for (int length : lengths) {
      outFrames.add(g.outputFrames(length));
    }
    Matrix x = Matrix.random(frames.rows() * g.inputBins(), g.inputChannels(), 1);
    HostTensor weight = ConvolutionTest.weight(g, 2);
    HostTensor bias = Matrix.random(1, 33, 3).vector();
    try (Backend one = Cpu.open(kernels, 1);
        Backend several = Cpu.open(kernels, threads);
        Execution alone = one.newExecution();
        Execution together = several.newExecution()) {
      Tensor out = together.take(outFrames.rows() * g.outputBins(), g.outputChannels());
      together.conv2d(x.on(together), several.conv2d(weight, bias, g), frames, out, outFrames);
      Matrix batch = Matrix.read(together, out);
      for (int s = 0; s < lengths.length; s++) {
        Matrix own = x.slice(frames.start(s) * g.inputBins(), lengths[s] * g.inputBins());
        Matrix found = convolve(alone, one.conv2d(weight, bias, g), own, 0);
        int row = outFrames.start(s) * g.outputBins();
        Matrix.assertSame(batch.slice(row, found.rows), found, "utterance " + s);
      }
    }
  }
}
