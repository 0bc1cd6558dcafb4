package org.qieemo.converter;

import java.io.IOException;
import org.qieemo.converter.source.ByteSource;

/** Bytes in memory as a file. */
public record ArraySource(byte... array) implements ByteSource {
  @Override
  public String name() {
    return "test";
  }

  @Override
  public long size() {
    return array.length;
  }

  @Override
  public void read(long at, byte[] into, int from, int count) throws IOException {
    require(at, count, "a read");
    System.arraycopy(array, (int) at, into, from, count);
  }
}
