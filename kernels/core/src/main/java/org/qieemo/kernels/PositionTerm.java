package org.qieemo.kernels;

/**
 * The position term bd of attention scores: score[i,j] = ((q_i + u).k_j + bd[i,j]) / sqrt(d_k),
 * with p the projected position rows and T the frames of a segment.
 */
public enum PositionTerm {
  /** No term; u is absent too. */
  NONE,
  /** WeNet: bd[i,j] = (q_i + v).p_j, the key's absolute position; T rows. */
  KEY,
  /** Transformer-XL: bd[i,j] = (q_i + v).p_{T-1-i+j}; 2T-1 rows, from position T-1 down to 1-T. */
  RELATIVE,
  /**
   * ESPnet's "legacy" shift over T rows: bd[i,j] = (q_i + v).p_{T-1-i+j} for j &lt;= i, 0 for j =
   * i+1, (q_{i+1} + v).p_{j-i-2} beyond.
   */
  LEGACY
}
