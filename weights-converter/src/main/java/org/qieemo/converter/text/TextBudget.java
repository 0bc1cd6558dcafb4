package org.qieemo.converter.text;

import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.Place;

/**
 * Bytes of memory that the values of a document may take: some, and a multiple of the text that was
 * read. Not thread-safe.
 */
public final class TextBudget {
  static final int LIST = 48;
  static final int MAP = 96;

  /** A reference in a list that grows. */
  public static final int ELEMENT = 14;

  /** An entry in a table that grows. */
  static final int ENTRY = 64;

  static final int INTEGER = 24;
  static final int FRACTION = 200;
  static final int STRING = 48;

  private static final long FREE = 3 << 18;
  private static final long PER_BYTE = 12;

  private long granted = FREE;
  private long taken;

  /** So many bytes were read. */
  public void grant(long bytes) {
    granted = FREE + PER_BYTE * bytes;
  }

  /** A text is made: outside ASCII, the JDK makes it in three steps. */
  public void chargeString(byte[] text, int from, int to, Place place) throws ModelFormatException {
    boolean ascii = true;
    for (int i = from; i < to && ascii; i++) {
      ascii = text[i] >= 0;
    }
    long size = to - from;
    charge(ascii ? STRING + size : 2 * STRING + 5 * size, place);
  }

  /** A value of some size is made. */
  public void charge(long bytes, Place place) throws ModelFormatException {
    taken += bytes;
    if (taken > granted) {
      throw place.error("more values than a text of this size has");
    }
  }
}
