package org.qieemo.converter;

import java.util.Map;
import java.util.Set;
import org.qieemo.converter.container.Bundle;
import org.qieemo.converter.source.ByteSource;

/** Files in memory, by name. */
public record MemoryBundle(Map<String, byte[]> bytes) implements Bundle {
  @Override
  public String name() {
    return "folder";
  }

  @Override
  public Set<String> files() {
    return bytes.keySet();
  }

  @Override
  public ByteSource open(String file) {
    return new ArraySource(bytes.get(file));
  }

  @Override
  public void close() {}
}
