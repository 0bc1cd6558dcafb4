package org.qieemo.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Places of an arena: nobody else's, zero, and the same way from the beginning of a cache line. */
class ArenaTest {
  private static final int LINE = 16;
  private static final int HEADER = 4; // elements, of an array of a JVM with compressed pointers
  private static final int LARGE = 1 << 20;

  @Test
  void placesAreZeroAndNobodyElses() {
    Arena arena = Arena.ofLines();
    Random random = new Random(1);
    List<Arena.Place> places = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int size = 1 + random.nextInt(i % 10 == 0 ? LARGE : 50_000);
      Arena.Place place = arena.take(size);
      for (int k = 0; k < size; k++) {
        assertEquals(0f, place.array()[place.offset() + k]);
        place.array()[place.offset() + k] = i + 1;
      }
      places.add(place);
      sizes.add(size);
    }
    for (int i = 0; i < places.size(); i++) {
      Arena.Place place = places.get(i);
      for (int k = 0; k < sizes.get(i); k++) {
        assertEquals(i + 1, place.array()[place.offset() + k], "place " + i);
      }
    }
  }

  @Test
  void placesBeginWholeLinesBehindTheHeader() {
    Arena arena = Arena.ofLines();
    for (int size : new int[] {1, 15, 16, 17, 1000, 300_000, LARGE - 16, LARGE, 3 * LARGE}) {
      assertEquals(0, (HEADER + arena.take(size).offset()) % LINE, size + " elements");
    }
  }

  @Test
  void smallPlacesShareAnArrayWhileItHasRoom() {
    Arena arena = Arena.ofLines();
    Arena.Place first = arena.take(1000);
    Arena.Place large = arena.take(LARGE - 1000); // no room beside the first
    Arena.Place second = arena.take(2000);
    assertNotSame(first.array(), large.array());
    assertEquals(first.array(), second.array(), "what the first array has left is used");
    assertTrue(first.array().length * 4L + 16 <= 4 << 20, "whole regions of G1");
  }

  @Test
  void separateArraysBeginAtTheirFirstElement() {
    Arena arena = Arena.ofSeparateArrays();
    Arena.Place first = arena.take(100);
    Arena.Place second = arena.take(100);
    assertEquals(0, first.offset());
    assertEquals(100, first.array().length);
    assertNotSame(first.array(), second.array());
  }
}
