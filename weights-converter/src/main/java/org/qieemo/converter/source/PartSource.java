package org.qieemo.converter.source;

import java.io.IOException;

/** A part of another source. */
record PartSource(ByteSource whole, String name, long from, long size) implements ByteSource {
  @Override
  public void read(long at, byte[] into, int offset, int count) throws IOException {
    require(at, count, "a read");
    whole.read(from + at, into, offset, count);
  }
}
