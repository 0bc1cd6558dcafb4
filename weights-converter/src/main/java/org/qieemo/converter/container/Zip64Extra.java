package org.qieemo.converter.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The extra field that holds what 32 bits cannot, in the order in which it is needed. */
final class Zip64Extra {
  private static final int ID = 1;

  private final ByteBuffer values;

  private Zip64Extra(ByteBuffer values) {
    this.values = values;
  }

  /** Finds the field among an entry's extra fields; an empty one if there is none. */
  static Zip64Extra of(ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = extra.getShort() & 0xffff;
      int size = Math.min(extra.getShort() & 0xffff, extra.remaining());
      if (id == ID) {
        ByteBuffer values = extra.slice(extra.position(), size).order(ByteOrder.LITTLE_ENDIAN);
        return new Zip64Extra(values);
      }
      extra.position(extra.position() + size);
    }
    return new Zip64Extra(ByteBuffer.allocate(0));
  }

  /** The value of a field of 32 bits, from here where it says so; -1 where it is missing here. */
  long resolve(int field) {
    if (field != -1) {
      return field & 0xffffffffL;
    }
    return values.remaining() >= 8 ? values.getLong() : -1;
  }
}
