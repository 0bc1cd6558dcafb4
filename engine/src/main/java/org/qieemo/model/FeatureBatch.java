package org.qieemo.model;

import java.util.List;

/**
 * Normalised features of some utterances, each row-major [T_i, F]. The arrays are not copied: they
 * must not change while a forward reads them.
 */
public final class FeatureBatch {
  private final List<float[]> utterances;
  private final int bins;

  /**
   * A batch.
   *
   * @param bins F
   */
  public FeatureBatch(List<float[]> utterances, int bins) {
    this.utterances = List.copyOf(utterances);
    this.bins = bins;
    for (float[] features : this.utterances) {
      if (features.length % bins != 0) {
        throw new IllegalArgumentException(features.length + " values are no rows of " + bins);
      }
    }
  }

  /** Number of utterances. */
  public int size() {
    return utterances.size();
  }

  /** Frames of utterance {@code i}. */
  public int frames(int i) {
    return utterances.get(i).length / bins;
  }

  float[] features(int i) {
    return utterances.get(i);
  }
}
