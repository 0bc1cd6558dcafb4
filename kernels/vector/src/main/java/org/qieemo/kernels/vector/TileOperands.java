package org.qieemo.kernels.vector;

/**
 * What a tile multiplies and where to: fields, as a call with a dozen positions would be read
 * wrongly sooner or later. A tile copies them before its loop. Of one thread; not thread-safe.
 */
final class TileOperands {
  /** Row-major, rows {@link VectorProduct#STRIDE} apart. */
  float[] a;

  int aAt;

  /** Weights, rows a tile's width apart. */
  float[] b;

  int bAt;

  /** Columns of a that are multiplied, rows of b. */
  int depth;

  /** What the sums start from. */
  float[] start;

  int startAt;
  int startStride;

  /** Result, row-major, rows {@link VectorProduct#STRIDE} apart. */
  float[] c;

  int cAt;

  /** Weights needed soon, from {@link #ahead} on: touched on the way, which brings them nearer. */
  float[] next;

  int ahead;

  /** From one touched weight to the next. */
  int step;

  /** What was touched, of no meaning, so that the touching is not optimised away. */
  int seen;
}
