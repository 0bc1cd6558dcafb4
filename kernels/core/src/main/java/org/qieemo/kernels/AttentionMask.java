package org.qieemo.kernels;

/**
 * Which keys a query sees, by frame index inside its segment. With c = {@code chunk} and l = {@code
 * leftChunks}, row i sees [max((i/c - l) c, 0), min((i/c + 1) c, T)).
 *
 * @param chunk frames per chunk; 0: every row sees the whole segment
 * @param leftChunks chunks of history; negative: all
 */
public record AttentionMask(int chunk, int leftChunks) {
  /** Every row sees its whole segment. */
  public static final AttentionMask FULL = new AttentionMask(0, -1);

  /** Checks the chunk size. */
  public AttentionMask {
    if (chunk < 0) {
      throw new IllegalArgumentException("chunk size must be 0 or more, found " + chunk);
    }
  }

  /** First key that row {@code i} sees. */
  public int from(int i) {
    return chunk == 0 || leftChunks < 0 ? 0 : Math.max((i / chunk - leftChunks) * chunk, 0);
  }

  /** One past the last key that row {@code i} of {@code frames} sees. */
  public int to(int i, int frames) {
    return chunk == 0 ? frames : (int) Math.min((i / chunk + 1L) * chunk, frames);
  }
}
