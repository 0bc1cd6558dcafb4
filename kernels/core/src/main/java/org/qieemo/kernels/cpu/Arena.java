package org.qieemo.kernels.cpu;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for what outlives a call, weights and the tensors that are used again and again: places in
 * large arrays that begin, as far as a Java program can arrange it, at cache lines: vectors of 64
 * bytes that straddle two lines take twice the time to load and store, which costs a product up to
 * a tenth. Where an array lies is not for a program to choose, but the G1 collector puts one that
 * is larger than half a region at the beginning of a region and leaves it there: with {@value
 * #SIZE} elements that is so for heaps of up to 8 GiB, elsewhere it is left to chance. A place is
 * never given back; an array is collected when nobody has a place in it. Thread-safe.
 */
public final class Arena {
  /** Elements of an array: 4 MiB with its header, one region of G1 or several. */
  private static final int SIZE = (1 << 20) - 4;

  /** 64 bytes behind the beginning of an array with its header of 16. */
  private static final int FIRST = 12;

  private static final int LINE = 16; // elements
  private static final int OPEN = 4; // arrays that may have room left

  private final Deque<Chunk> open = new ArrayDeque<>(); // guarded by this

  private final boolean separate;

  private Arena(boolean separate) {
    this.separate = separate;
  }

  /** An arena whose places begin at cache lines. */
  public static Arena ofLines() {
    return new Arena(false);
  }

  /** An arena where each place is the whole of an array of its own. */
  public static Arena ofSeparateArrays() {
    return new Arena(true);
  }

  /** Where a place begins. */
  public record Place(float[] array, int offset) {}

  private static final class Chunk {
    private final float[] array = new float[SIZE];
    private int next = FIRST;

    boolean holds(int size) {
      return size <= SIZE - next;
    }

    Place take(int size) {
      Place place = new Place(array, next);
      next += (size + LINE - 1) / LINE * LINE;
      return place;
    }
  }

  /** A place in an array of its own, at a cache line if the array is large. */
  static Place alone(int size) {
    return new Place(new float[Math.addExact(size, FIRST)], FIRST);
  }

  /** A place for {@code size} zeros that nobody else has. */
  public synchronized Place take(int size) {
    if (separate) {
      return new Place(new float[size], 0);
    }
    if (size > SIZE - FIRST) {
      return alone(size);
    }
    for (Chunk chunk : open) {
      if (chunk.holds(size)) {
        return chunk.take(size);
      }
    }
    if (open.size() == OPEN) {
      open.removeFirst();
    }
    open.add(new Chunk());
    return open.getLast().take(size);
  }
}
