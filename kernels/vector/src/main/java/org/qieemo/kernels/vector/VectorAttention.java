package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.PlacedKeys;
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

  static void placeKeys(Rows x, Rows y, int rows, PlacedKeys keys, ThreadScratch scratch) {
    float[] lanes = scratch.chunk0();
    int group = lanes.length / LANES;
    for (int first = 0; first < rows; first += group) {
      int end = Math.min(rows, first + group);
      for (int r = first; r < end; r++) {
        placeKey(x, y, r, keys, lanes, (r - first) * LANES);
      }
      for (int r = first; r < end; r++) {
        float dot = Reductions.sumOfLanes(lanes, (r - first) * LANES);
        keys.dots()[r] = keys.scale() * placeTail(x, y, r, keys, dot);
      }
    }
  }

  /** The columns of one key that fill vectors; leaves the sums of its dots in lanes. */
  private static void placeKey(Rows x, Rows y, int r, PlacedKeys keys, float[] lanes, int lane) {
    float[] keyData = x.data();
    float[] placeData = y.data();
    float[] u = keys.biasU();
    float[] v = keys.biasV();
    float[] sums = keys.sums();
    int xAt = x.offset() + r * x.stride();
    int yAt = y.offset() + r * y.stride();
    int to = r * keys.width();
    int bias = keys.firstBias();
    int vectors = SPECIES.loopBound(keys.width());
    FloatVector factor = FloatVector.broadcast(SPECIES, keys.scale());
    FloatVector byKey = FloatVector.zero(SPECIES);
    FloatVector byPlace = FloatVector.zero(SPECIES);
    for (int c = 0; c < vectors; c += LANES) {
      FloatVector key = FloatVector.fromArray(SPECIES, keyData, xAt + c);
      FloatVector place = FloatVector.fromArray(SPECIES, placeData, yAt + c);
      key.add(place).mul(factor).intoArray(sums, to + c);
      byKey = key.fma(FloatVector.fromArray(SPECIES, u, bias + c), byKey);
      byPlace = place.fma(FloatVector.fromArray(SPECIES, v, bias + c), byPlace);
    }
    byKey.add(byPlace).intoArray(lanes, lane);
  }

  /** The columns of one key that fill no vector; returns the dots, theirs added. */
  private static float placeTail(Rows x, Rows y, int r, PlacedKeys keys, float dots) {
    int cols = keys.width();
    int bias = keys.firstBias();
    float dot = dots;
    for (int c = SPECIES.loopBound(cols); c < cols; c++) {
      float key = x.data()[x.offset() + r * x.stride() + c];
      float place = y.data()[y.offset() + r * y.stride() + c];
      keys.sums()[r * cols + c] = keys.scale() * (key + place);
      dot = Math.fma(keys.biasV()[bias + c], place, Math.fma(keys.biasU()[bias + c], key, dot));
    }
    return dot;
  }
}
