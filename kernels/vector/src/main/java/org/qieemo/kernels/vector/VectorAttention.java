package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.Strip;
import org.qieemo.kernels.cpu.ThreadScratch;

/**
 * What attention does besides products. Sums along a row stay in the lanes of a vector for a group
 * of rows, then the lanes of all of them are added up: row by row each would wait for the one
 * before.
 */
final class VectorAttention {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorAttention() {}

  static void exponentiate(
      Strip strip, int rows, int count, float[] tops, float[] sums, ThreadScratch scratch) {
    float[] lanes = scratch.chunk0();
    int group = lanes.length / LANES;
    for (int first = 0; first < rows; first += group) {
      int end = Math.min(rows, first + group);
      for (int r = first; r < end; r++) {
        int at = strip.row(r);
        VectorExp.expBelow(strip.values(), at, count, tops[r], lanes, (r - first) * LANES);
      }
      for (int r = first; r < end; r++) {
        sums[r] += Reductions.sumOfLanes(lanes, (r - first) * LANES);
      }
    }
  }

  static void placeKeys(
      Rows x,
      Rows y,
      int rows,
      int cols,
      float[] u,
      float[] v,
      int bias,
      float scale,
      float[] sums,
      float[] dots,
      ThreadScratch scratch) {
    float[] lanes = scratch.chunk0();
    int group = lanes.length / LANES;
    for (int first = 0; first < rows; first += group) {
      int end = Math.min(rows, first + group);
      for (int r = first; r < end; r++) {
        int xAt = x.offset() + r * x.stride();
        int yAt = y.offset() + r * y.stride();
        float[] k = x.data();
        int to = r * cols;
        int lane = (r - first) * LANES;
        placeKey(k, xAt, y.data(), yAt, cols, u, v, bias, scale, sums, to, lanes, lane);
      }
      for (int r = first; r < end; r++) {
        float dot = Reductions.sumOfLanes(lanes, (r - first) * LANES);
        int xAt = x.offset() + r * x.stride();
        int yAt = y.offset() + r * y.stride();
        for (int c = SPECIES.loopBound(cols); c < cols; c++) {
          float key = x.data()[xAt + c];
          float place = y.data()[yAt + c];
          sums[r * cols + c] = scale * (key + place);
          dot = Math.fma(v[bias + c], place, Math.fma(u[bias + c], key, dot));
        }
        dots[r] = scale * dot;
      }
    }
  }

  /** The columns of one key that fill vectors; leaves the sums of its dots in lanes. */
  private static void placeKey(
      float[] x,
      int xAt,
      float[] y,
      int yAt,
      int cols,
      float[] u,
      float[] v,
      int bias,
      float scale,
      float[] sums,
      int to,
      float[] lanes,
      int lane) {
    int vectors = SPECIES.loopBound(cols);
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    FloatVector byKey = FloatVector.zero(SPECIES);
    FloatVector byPlace = FloatVector.zero(SPECIES);
    for (int c = 0; c < vectors; c += LANES) {
      FloatVector key = FloatVector.fromArray(SPECIES, x, xAt + c);
      FloatVector place = FloatVector.fromArray(SPECIES, y, yAt + c);
      key.add(place).mul(factor).intoArray(sums, to + c);
      byKey = key.fma(FloatVector.fromArray(SPECIES, u, bias + c), byKey);
      byPlace = place.fma(FloatVector.fromArray(SPECIES, v, bias + c), byPlace);
    }
    byKey.add(byPlace).intoArray(lanes, lane);
  }
}
