package org.qieemo.audio;

import java.util.Arrays;

/**
 * The last samples of an endless signal: appended at the end, dropped at the front. Its size is
 * what it holds, not what went through it. Confined to one thread.
 */
final class SampleQueue {
  private float[] samples = new float[1024];
  private int size;
  private long start;

  /** Index of the first sample held, counted from the signal's start. */
  long start() {
    return start;
  }

  /** Index behind the last sample held: the signal's length so far. */
  long end() {
    return start + size;
  }

  /** How many samples it holds. */
  int size() {
    return size;
  }

  /** The samples held, from index 0 of the array on; valid until the next change. */
  float[] array() {
    return samples;
  }

  void append(float[] from, int offset, int count) {
    if (size + count > samples.length) {
      samples = Arrays.copyOf(samples, Math.max(2 * samples.length, size + count));
    }
    System.arraycopy(from, offset, samples, size, count);
    size += count;
  }

  /** Forgets the samples before an index of the signal; none where it lies before the start. */
  void dropBefore(long index) {
    int count = (int) Math.min(size, Math.max(0, index - start));
    System.arraycopy(samples, count, samples, 0, size - count);
    size -= count;
    start += count;
  }
}
