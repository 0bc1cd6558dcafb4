package org.qieemo.weights;

/** Checks of configuration values; the loader turns their exception into a typed one. */
final class Checks {
  private Checks() {}

  static void that(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  static void range(String what, long value, long least, long most) {
    that(
        value >= least && value <= most,
        what + " must be " + least + " to " + most + ", found " + value);
  }
}
