package org.qieemo.kernels;

import java.util.Arrays;

/**
 * Which rows of a tensor belong to which utterance: a batch is the utterances' rows one after the
 * other, without padding. Segment {@code i} covers rows {@code start(i)} to {@code start(i + 1)}.
 *
 * <p>Reusable ({@link #clear()}, {@link #add(int)}) so that a warmed-up forward allocates nothing.
 * Not thread-safe.
 */
public final class Segments {
  private int[] starts = new int[9]; // [count + 1]
  private int[] contexts = new int[9]; // [count]
  private int count;
  private int room;
  private long before;

  /** No segment yet. */
  public Segments() {}

  /** One segment of {@code rows} rows. */
  public static Segments single(int rows) {
    Segments segments = new Segments();
    segments.add(rows);
    return segments;
  }

  /** Forgets all segments. */
  public void clear() {
    count = 0;
    room = 0;
    before = 0;
  }

  /**
   * Appends a segment of {@code rows} rows.
   *
   * @throws IllegalArgumentException if {@code rows} is negative
   */
  public void add(int rows) {
    add(rows, 0);
  }

  /**
   * Appends a segment whose first rows are context: attention offers their keys to the other rows,
   * and their own result is undefined.
   *
   * @param rows of the whole segment
   * @param context how many of them are context
   * @throws IllegalArgumentException if a number is negative, or there is more context than rows
   */
  public void add(int rows, int context) {
    if (rows < 0) {
      throw new IllegalArgumentException("a segment cannot have " + rows + " rows");
    }
    if (context < 0 || context > rows) {
      throw new IllegalArgumentException(context + " of " + rows + " rows cannot be context");
    }
    if (count + 2 > starts.length) {
      starts = Arrays.copyOf(starts, starts.length * 2);
      contexts = Arrays.copyOf(contexts, contexts.length * 2);
    }
    contexts[count] = context;
    starts[count + 1] = Math.addExact(starts[count], rows);
    count++;
  }

  /** Number of segments. */
  public int count() {
    return count;
  }

  /** First row of segment {@code i}; {@code start(count())} is the number of rows. */
  public int start(int i) {
    return starts[i];
  }

  /** Rows of segment {@code i}. */
  public int length(int i) {
    return starts[i + 1] - starts[i];
  }

  /** How many of segment {@code i}'s first rows are context. */
  public int context(int i) {
    return contexts[i];
  }

  /** Rows of all segments. */
  public int rows() {
    return starts[count];
  }

  /**
   * How many rows tensors of this layout should have memory for: those behind the last segment
   * belong to nobody, and an op may write anything there.
   */
  public int room() {
    return Math.max(room, rows());
  }

  /** Sets {@link #room()}, until {@link #clear()}. */
  public void reserve(int rows) {
    room = rows;
  }

  /**
   * How many rows of the same utterance came before each segment, in earlier calls: a convolution
   * gives a frame the same bits wherever an utterance was cut.
   */
  public long before() {
    return before;
  }

  /** Sets {@link #before()}, until {@link #clear()}. */
  public void continueBehind(long rows) {
    before = rows;
  }

  /** Rows of the longest segment, 0 if there is none. */
  public int longest() {
    int longest = 0;
    for (int i = 0; i < count; i++) {
      longest = Math.max(longest, length(i));
    }
    return longest;
  }
}
