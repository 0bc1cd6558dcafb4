package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention against the formulas of {@link PositionTerm}, written out in double precision. */
class AttentionTest {
  private static final int[][] BATCHES = {{1}, {5, 1, 0, 13}, {49, 67}, {130}};
  private static final AttentionMask[] MASKS = {
    AttentionMask.FULL,
    new AttentionMask(4, -1),
    new AttentionMask(4, 1),
    new AttentionMask(1, 0),
    new AttentionMask(16, 2),
    new AttentionMask(1000, 0)
  };

  static Stream<Arguments> variants() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      for (PositionTerm term : PositionTerm.values()) {
        for (AttentionMask mask : MASKS) {
          all.add(Arguments.of(kernels, term, mask));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void followsTheFormula(String kernels, PositionTerm term, AttentionMask mask) {
    for (int[] widths : new int[][] {{4, 1}, {12, 2}, {32, 1}, {136, 4}, {144, 4}}) {
      for (int[] lengths : BATCHES) {
        check(kernels, new Case(widths[0], widths[1], term, mask, lengths, 0));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void takesMorePositionsThanFrames(String kernels, PositionTerm term, AttentionMask mask) {
    check(kernels, new Case(64, 4, term, mask, new int[] {7, 21, 3}, 9));
    check(kernels, new Case(8, 2, term, mask, new int[] {100}, 40));
  }

  /** One attention: sizes, term, mask, segments, position rows beyond the longest segment. */
  private record Case(
      int width, int heads, PositionTerm term, AttentionMask mask, int[] lengths, int spare) {
    Segments segments() {
      Segments segments = new Segments();
      for (int length : lengths) {
        segments.add(length);
      }
      return segments;
    }

    int positionRows() {
      int longest = Math.max(segments().longest(), 1) + spare;
      return term == PositionTerm.RELATIVE ? 2 * longest - 1 : longest;
    }

    Matrix u() {
      return Matrix.random(heads, width / heads, 11);
    }

    Matrix v() {
      return Matrix.random(heads, width / heads, 12);
    }

    AttentionSpec spec() {
      boolean none = term == PositionTerm.NONE;
      return new AttentionSpec(
          width, heads, term, none ? null : u().weight(), none ? null : v().weight(), mask);
    }
  }

  private static void check(String kernels, Case c) {
    Segments segments = c.segments();
    int rows = segments.rows();
    Matrix q = Matrix.random(rows, c.width(), 1).times(2f);
    Matrix kv = Matrix.random(rows, 2 * c.width(), 2).times(2f);
    Matrix p = Matrix.random(c.positionRows(), c.width(), 3);
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      Tensor positions =
          c.term() == PositionTerm.NONE ? null : p.framed(execution, Float.NaN).view();
      Matrix.Framed out = new Matrix(rows, c.width()).framed(execution, 7f);
      execution.attention(
          backend.attention(c.spec()),
          q.framed(execution, Float.NaN).view(),
          kv.framed(execution, Float.NaN).view(),
          positions,
          segments,
          out.view());
      Matrix.assertClose(expected(c, q, kv, p), out.check(execution));
    }
  }

  private static double[] expected(Case c, Matrix q, Matrix kv, Matrix p) {
    Segments segments = c.segments();
    double[] out = new double[q.values.length];
    for (int s = 0; s < segments.count(); s++) {
      for (int h = 0; h < c.heads(); h++) {
        for (int i = 0; i < segments.length(s); i++) {
          row(c, q, kv, p, segments.start(s), segments.length(s), h, i, out);
        }
      }
    }
    return out;
  }

  private static void row(
      Case c, Matrix q, Matrix kv, Matrix p, int start, int frames, int h, int i, double[] out) {
    int dk = c.width() / c.heads();
    int from = c.mask().from(i);
    int to = c.mask().to(i, frames);
    double[] weight = new double[frames];
    double total = 0;
    for (int j = from; j < to; j++) {
      double score = dot(q, start + i, c.u(), c, h, kv, start + j, h * dk);
      score += position(c, q, p, start, frames, h, i, j);
      weight[j] = Math.exp(score / Math.sqrt(dk));
      total += weight[j];
    }
    for (int d = 0; d < dk; d++) {
      double sum = 0;
      for (int j = from; j < to; j++) {
        sum += weight[j] / total * kv.at(start + j, c.width() + h * dk + d);
      }
      out[(start + i) * c.width() + h * dk + d] = sum;
    }
  }

  /** (q_row + bias_h) . other_row of head h. */
  private static double dot(
      Matrix q, int row, Matrix bias, Case c, int h, Matrix other, int otherRow, int otherCol) {
    int dk = c.width() / c.heads();
    double sum = 0;
    for (int d = 0; d < dk; d++) {
      double b = c.term() == PositionTerm.NONE ? 0 : bias.at(h, d);
      sum += (q.at(row, h * dk + d) + b) * other.at(otherRow, otherCol + d);
    }
    return sum;
  }

  private static double position(
      Case c, Matrix q, Matrix p, int start, int frames, int h, int i, int j) {
    int col = h * (c.width() / c.heads());
    int middle = (c.positionRows() - 1) / 2; // T - 1 for exactly 2T - 1 rows
    return switch (c.term()) {
      case NONE -> 0;
      case KEY -> dot(q, start + i, c.v(), c, h, p, j, col);
      case RELATIVE -> dot(q, start + i, c.v(), c, h, p, middle - i + j, col);
      case LEGACY -> {
        if (j <= i) {
          yield dot(q, start + i, c.v(), c, h, p, frames - 1 - i + j, col);
        }
        yield j == i + 1 ? 0 : dot(q, start + i + 1, c.v(), c, h, p, j - i - 2, col);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void refusesShapesThatDoNotFit(String kernels) {
    Segments five = Segments.single(5);
    HostTensor bias = Matrix.random(2, 4, 1).weight();
    try (Backend backend = Cpu.open(kernels, 1);
        Execution e = backend.newExecution()) {
      Attention plain = backend.attention(AttentionSpec.plain(8, 2));
      Attention relative =
          backend.attention(
              new AttentionSpec(8, 2, PositionTerm.RELATIVE, bias, bias, AttentionMask.FULL));
      Tensor q = e.take(5, 8);
      Tensor kv = e.take(5, 16);
      Tensor out = e.take(5, 8);
      Segments four = Segments.single(4);
      assertThrows(ShapeException.class, () -> e.attention(plain, q, kv, null, four, out));
      assertThrows(ShapeException.class, () -> e.attention(plain, q, q, null, five, out));
      assertThrows(ShapeException.class, () -> e.attention(plain, kv, kv, null, five, out));
      assertThrows(ShapeException.class, () -> e.attention(relative, q, kv, null, five, out));
      Tensor few = e.take(7, 8);
      assertThrows(ShapeException.class, () -> e.attention(relative, q, kv, few, five, out));
      Tensor even = e.take(10, 8);
      assertThrows(ShapeException.class, () -> e.attention(relative, q, kv, even, five, out));
      Tensor narrow = e.take(9, 4);
      assertThrows(ShapeException.class, () -> e.attention(relative, q, kv, narrow, five, out));
    }
  }
}
