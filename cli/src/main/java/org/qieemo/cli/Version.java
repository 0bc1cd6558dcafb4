package org.qieemo.cli;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** Which build this is. */
final class Version {
  private Version() {}

  /** {@code qieemo 0.1.0}, as far as the minimal jar or the module says it. */
  static String line() {
    String ofJar = Version.class.getPackage().getImplementationVersion();
    ModuleDescriptor module = Version.class.getModule().getDescriptor();
    Optional<String> ofModule = Optional.ofNullable(module).flatMap(ModuleDescriptor::rawVersion);
    return "qieemo " + Optional.ofNullable(ofJar).or(() -> ofModule).orElse("(development build)");
  }
}
