package org.qieemo.kernels;

/** An op was called with tensors whose shapes do not fit; the message says which and why. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that names the op, what it expected and what it found. */
  public ShapeException(String message) {
    super(message);
  }

  /** Throws unless {@code found == expected}. */
  public static void require(String op, String what, long expected, long found) {
    if (expected != found) {
      throw new ShapeException(op + ": " + what + " expected " + expected + ", found " + found);
    }
  }
}
