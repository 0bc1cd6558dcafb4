package org.qieemo;

import java.util.Arrays;

/**
 * The last rows of an endless matrix: appended at the end, dropped at the front. Confined to one
 * thread.
 */
final class RowBuffer {
  private final int width;
  private float[] values; // [capacity, width]
  private long start; // index of the first row held
  private int rows;

  RowBuffer(int width) {
    this.width = width;
    this.values = new float[64 * width];
  }

  /** Index behind the last row: how many there have been. */
  long end() {
    return start + rows;
  }

  /** Index of the first row held. */
  long start() {
    return start;
  }

  /** Appends rows, row-major. */
  void append(float[] from) {
    int count = from.length / width;
    if ((rows + count) * width > values.length) {
      values = Arrays.copyOf(values, Math.max(2 * values.length, (rows + count) * width));
    }
    System.arraycopy(from, 0, values, rows * width, count * width);
    rows += count;
  }

  /** A copy of the rows {@code from} to {@code to}, row-major. */
  float[] copy(long from, long to) {
    return Arrays.copyOfRange(values, index(from), index(to));
  }

  /** The value of a row of width 1. */
  float get(long row) {
    return values[index(row)];
  }

  private int index(long row) {
    return Math.toIntExact((row - start) * width);
  }

  /** Forgets the rows before {@code row}. */
  void dropBefore(long row) {
    int count = (int) Math.min(rows, Math.max(0, row - start));
    System.arraycopy(values, count * width, values, 0, (rows - count) * width);
    rows -= count;
    start += count;
  }
}
