package org.qieemo.kernels;

import java.util.List;

/** Opens the CPU back end with chosen kernels; the names are the values of the system property. */
final class Cpu {
  static final String PROPERTY = "qieemo.cpu.kernels";

  private Cpu() {}

  /** Every implementation of the kernels. */
  static List<String> kernels() {
    return List.of("plain", "vector");
  }

  /** A back end with these kernels; fails if they are not usable. */
  static Backend open(String kernels, int threads) {
    String before = System.getProperty(PROPERTY);
    System.setProperty(PROPERTY, kernels);
    try {
      return Backends.open("cpu", new BackendOptions(threads));
    } finally {
      if (before == null) {
        System.clearProperty(PROPERTY);
      } else {
        System.setProperty(PROPERTY, before);
      }
    }
  }
}
