package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** That a run of the tests which asks for narrower vectors has them. */
class VectorWidthTest {
  private static final String BITS = "qieemo.test.vectorBits";

  @Test
  @EnabledIfSystemProperty(named = BITS, matches = "\\d+")
  void vectorsAreAsWideAsAskedFor() {
    try (Backend backend = Cpu.open("vector", 1)) {
      String expected = "Vector API " + System.getProperty(BITS) + "-bit";
      assertTrue(backend.description().contains(expected), backend.description());
    }
  }
}
