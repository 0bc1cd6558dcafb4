package org.qieemo.converter.safetensors;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.ByteSource;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.converter.source.SourceType;
import org.qieemo.converter.source.StridedTensor;
import org.qieemo.converter.text.Json;

/** Reads safetensors files strictly: no holes, no overlaps, nothing behind. Not thread-safe. */
public final class SafetensorsReader {
  private static final int LENGTH_BYTES = 8;
  private static final long MAX_HEADER = 100_000_000;

  private final ByteSource source;
  private final long payload;
  private final List<Range> ranges;
  private final Map<String, SourceTensor> tensors;

  /** Bytes of a tensor, from the payload's start. */
  private record Range(String name, long begin, long end) {}

  private SafetensorsReader(ByteSource source, long payload, int entries) {
    this.source = source;
    this.payload = payload;
    this.ranges = new ArrayList<>(entries);
    this.tensors = new LinkedHashMap<>(entries * 4 / 3 + 1); // never grows: there may be a million
  }

  /**
   * Reads a file; its tensors read from {@code source} later on.
   *
   * @throws ModelFormatException if it is damaged or unsupported
   */
  public static Checkpoint read(ByteSource source) throws IOException {
    if (source.size() < LENGTH_BYTES) {
      throw source.error(0, "a safetensors file of " + source.size() + " bytes: truncated");
    }
    long length = source.bytes(0, LENGTH_BYTES, "the header's length").getLong();
    if (length < 2 || length > MAX_HEADER || length > source.size() - LENGTH_BYTES) {
      throw source.error(
          0, "a header of " + Long.toUnsignedString(length) + " bytes: no safetensors file");
    }
    byte[] header = source.bytes(LENGTH_BYTES, length, "the header").array();
    if (header[0] != '{') {
      throw source.error(LENGTH_BYTES, "the header is no JSON object");
    }
    Map<?, ?> entries = (Map<?, ?>) Json.parse(header, source.name()); // it starts with a brace
    SafetensorsReader reader = new SafetensorsReader(source, LENGTH_BYTES + length, entries.size());
    reader.tensors(entries);
    reader.checkRanges();
    return new Checkpoint(source.name(), reader.tensors);
  }

  private void tensors(Map<?, ?> header) throws ModelFormatException {
    for (Map.Entry<?, ?> entry : header.entrySet()) {
      String name = (String) entry.getKey();
      if (!(entry.getValue() instanceof Map<?, ?> facts)) {
        throw error(name, "is no object");
      }
      if (name.equals("__metadata__")) {
        if (!facts.values().stream().allMatch(String.class::isInstance)) {
          throw error(name, "holds something else than strings");
        }
      } else {
        tensors.put(name, tensor(name, facts));
      }
    }
  }

  private SourceTensor tensor(String name, Map<?, ?> facts) throws ModelFormatException {
    if (facts.size() != 3) {
      throw error(name, "expected dtype, shape and data_offsets, found " + facts.keySet());
    }
    SourceType type = type(name, facts.get("dtype"));
    long[] shape = sizes(name, "shape", facts.get("shape"));
    long[] offsets = sizes(name, "data_offsets", facts.get("data_offsets"));
    if (offsets.length != 2 || offsets[1] < offsets[0]) {
      throw error(name, "data_offsets are no begin and end");
    }
    long bytes = type.bytes();
    try {
      for (long size : shape) {
        bytes = Math.multiplyExact(bytes, size);
      }
    } catch (ArithmeticException e) {
      throw error(name, "the size overflows");
    }
    if (bytes != offsets[1] - offsets[0]) {
      throw error(name, (offsets[1] - offsets[0]) + " bytes, but dtype and shape need " + bytes);
    }
    if (offsets[1] > source.size() - payload) {
      throw error(name, "its bytes leave the file: truncated");
    }
    ranges.add(new Range(name, offsets[0], offsets[1]));
    ByteSource part = source.part(name, payload + offsets[0], bytes);
    return new StridedTensor(
        part, type, StridedTensor.View.contiguous(shape), why -> error(name, why));
  }

  private SourceType type(String name, Object dtype) throws ModelFormatException {
    for (SourceType type : SourceType.values()) {
      if (type.name().equals(dtype)) {
        return type;
      }
    }
    throw error(name, "dtype '" + dtype + "' is not supported");
  }

  private long[] sizes(String name, String key, Object value) throws ModelFormatException {
    if (!(value instanceof List<?> list)) {
      throw error(name, key + " is no list");
    }
    long[] sizes = new long[list.size()];
    for (int i = 0; i < sizes.length; i++) {
      if (!(list.get(i) instanceof Long size) || size < 0) {
        throw error(name, key + " holds something else than sizes");
      }
      sizes[i] = size;
    }
    return sizes;
  }

  /** The tensors fill the payload without holes and overlaps. */
  private void checkRanges() throws ModelFormatException {
    ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
    long at = 0;
    for (Range range : ranges) {
      if (range.begin != at) {
        throw error(range.name, range.begin < at ? "overlaps another tensor" : "follows a hole");
      }
      at = range.end;
    }
    if (payload + at != source.size()) {
      throw source.error(payload + at, "bytes follow the last tensor");
    }
  }

  private ModelFormatException error(String name, String reason) {
    String shown = name.length() > 100 ? name.substring(0, 100) + "..." : name;
    return source.error(LENGTH_BYTES, "entry '" + shown + "': " + reason);
  }
}
