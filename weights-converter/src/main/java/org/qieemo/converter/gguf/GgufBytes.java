package org.qieemo.converter.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.qieemo.weights.Gguf.ValueType;
import org.qieemo.weights.Keys;

/** A growing header of little-endian values. Not thread-safe. */
final class GgufBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  int size() {
    return out.size();
  }

  byte[] toByteArray() {
    return out.toByteArray();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  GgufBytes int32(int value) {
    return little(value, 4);
  }

  GgufBytes int64(long value) {
    return little(value, 8);
  }

  private GgufBytes little(long value, int width) {
    for (int i = 0; i < width; i++) {
      out.write((int) (value >>> 8 * i));
    }
    return this;
  }

  GgufBytes string(String text) {
    byte[] bytes = utf8(text);
    int64(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /** A metadata pair; integers are unsigned unless they may be negative. */
  void pair(String key, Object value) {
    string(key);
    if (value instanceof List<?> list) {
      int32(ValueType.ARRAY.ordinal());
      ValueType type = list.isEmpty() ? ValueType.STRING : type(key, list.get(0));
      int32(type.ordinal()).int64(list.size());
      list.forEach(element -> value(key, type, element));
    } else {
      ValueType type = type(key, value);
      int32(type.ordinal());
      value(key, type, value);
    }
  }

  private static ValueType type(String key, Object value) {
    if (value instanceof Integer number) {
      boolean signed = number < 0 || key.equals(Keys.LEFT_CHUNKS);
      return signed ? ValueType.INT32 : ValueType.UINT32;
    }
    if (value instanceof Long) {
      return ValueType.INT64;
    }
    if (value instanceof Float) {
      return ValueType.FLOAT32;
    }
    if (value instanceof Double) {
      return ValueType.FLOAT64;
    }
    if (value instanceof Boolean) {
      return ValueType.BOOL;
    }
    if (value instanceof String) {
      return ValueType.STRING;
    }
    throw new IllegalArgumentException(key + ": no GGUF type for " + value);
  }

  private void value(String key, ValueType type, Object value) {
    if (type(key, value) != type) {
      throw new IllegalArgumentException(key + ": a list of mixed types");
    }
    if (value instanceof Integer number) {
      int32(number);
    } else if (value instanceof Long number) {
      int64(number);
    } else if (value instanceof Float number) {
      int32(Float.floatToIntBits(number));
    } else if (value instanceof Double number) {
      int64(Double.doubleToRawLongBits(number));
    } else if (value instanceof Boolean flag) {
      out.write(flag ? 1 : 0);
    } else {
      string((String) value);
    }
  }
}
