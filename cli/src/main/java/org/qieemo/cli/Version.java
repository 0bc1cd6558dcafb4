package org.qieemo.cli;

import java.util.Objects;

/** Which build this is. */
final class Version {
  private Version() {}

  /** {@code qieemo 0.1.0}, as far as the jar says it. */
  static String line() {
    String version = Version.class.getPackage().getImplementationVersion();
    return "qieemo " + Objects.requireNonNullElse(version, "(development build)");
  }
}
