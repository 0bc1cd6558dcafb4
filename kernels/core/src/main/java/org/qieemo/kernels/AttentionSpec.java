package org.qieemo.kernels;

/**
 * What {@link Backend#attention} prepares.
 *
 * @param width d
 * @param heads h, divides d
 * @param positionTerm which position term is added to the scores
 * @param biasU u [h, d/h], null with {@link PositionTerm#NONE}
 * @param biasV v [h, d/h], null with {@link PositionTerm#NONE}
 * @param mask which keys a query sees
 */
public record AttentionSpec(
    int width,
    int heads,
    PositionTerm positionTerm,
    HostTensor biasU,
    HostTensor biasV,
    AttentionMask mask) {
  /** Checks the sizes. */
  public AttentionSpec {
    if (heads < 1 || width < 1 || width % heads != 0) {
      throw new ShapeException(
          "attention: width " + width + " is no multiple of " + heads + " heads");
    }
    if (positionTerm != PositionTerm.NONE) {
      ShapeException.require("attention", "elements of u", width, biasU.elements());
      ShapeException.require("attention", "elements of v", width, biasV.elements());
    }
  }

  /** Attention without positions over whole segments. */
  public static AttentionSpec plain(int width, int heads) {
    return new AttentionSpec(width, heads, PositionTerm.NONE, null, null, AttentionMask.FULL);
  }
}
