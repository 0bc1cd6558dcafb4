package org.qieemo.converter.source;

import java.io.IOException;

/** A part of another source. */
record PartSource(ByteSource whole, String part, long from, long size) implements ByteSource {
  @Override
  public String name() {
    return whole.name() + "!" + part; // only errors ask: there may be a million parts
  }

  @Override
  public void read(long at, byte[] into, int offset, int count) throws IOException {
    require(at, count, "a read");
    whole.read(from + at, into, offset, count);
  }
}
