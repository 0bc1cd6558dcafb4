package org.qieemo.weights;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;

/**
 * Typed metadata of a model file, in file order. Values are {@link Long} (any GGUF integer), {@link
 * Double} (any GGUF float), {@link Boolean}, {@link String}, or {@code List} of one of these.
 * Immutable and thread-safe.
 */
public final class Metadata {
  private final String source;
  private final Map<String, Object> values;

  /**
   * Wraps values.
   *
   * @param source the file's name, for messages
   */
  public Metadata(String source, Map<String, Object> values) {
    this.source = source;
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** All values, in file order. */
  public Map<String, Object> values() {
    return values;
  }

  /** The file's name, for messages. */
  public String source() {
    return source;
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** A string. */
  public String string(String key) throws ModelFormatException {
    return value(key, String.class, "a string");
  }

  /** A string, or a default where the key is absent. */
  public String string(String key, String absent) throws ModelFormatException {
    return has(key) ? string(key) : absent;
  }

  /** A boolean. */
  public boolean flag(String key) throws ModelFormatException {
    return value(key, Boolean.class, "a boolean");
  }

  /** An integer of 32 bits. */
  public int integer(String key) throws ModelFormatException {
    return toInt(key, value(key, Long.class, "an integer"));
  }

  /** A finite float. */
  public float number(String key) throws ModelFormatException {
    return toFloat(key, value(key, Double.class, "a float"));
  }

  /** A list of strings. */
  public List<String> strings(String key) throws ModelFormatException {
    return list(key, String.class, "strings");
  }

  /** A list of integers of 32 bits. */
  public List<Integer> integers(String key) throws ModelFormatException {
    List<Long> longs = list(key, Long.class, "integers");
    Integer[] ints = new Integer[longs.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = toInt(key, longs.get(i));
    }
    return List.of(ints);
  }

  /** A list of finite floats. */
  public List<Float> numbers(String key) throws ModelFormatException {
    List<Double> doubles = list(key, Double.class, "floats");
    Float[] floats = new Float[doubles.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = toFloat(key, doubles.get(i));
    }
    return List.of(floats);
  }

  /** One of the constants of an enum, written in lower case. */
  public <E extends Enum<E>> E constant(String key, Class<E> type) throws ModelFormatException {
    String text = string(key);
    for (E constant : type.getEnumConstants()) {
      if (text(constant).equals(text)) {
        return constant;
      }
    }
    String known = Arrays.stream(type.getEnumConstants()).map(Metadata::text).toList().toString();
    throw error(key, "expected one of " + known + ", found '" + text + "'");
  }

  /** How an enum constant is written. */
  public static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** An exception about a key. */
  public ModelFormatException error(String key, String reason) {
    return new ModelFormatException(source, FormatException.NO_OFFSET, key + ": " + reason);
  }

  private <T> T value(String key, Class<T> type, String expected) throws ModelFormatException {
    Object value = values.get(key);
    if (value == null) {
      throw error(key, "missing; a qieemo model file has it");
    }
    if (!type.isInstance(value)) {
      throw error(key, "expected " + expected + ", found " + describe(value));
    }
    return type.cast(value);
  }

  private <T> List<T> list(String key, Class<T> type, String expected) throws ModelFormatException {
    List<?> list = value(key, List.class, "a list of " + expected);
    for (Object element : list) {
      if (!type.isInstance(element)) {
        throw error(key, "expected a list of " + expected + ", found " + describe(element));
      }
    }
    return list.stream().map(type::cast).toList();
  }

  private int toInt(String key, long value) throws ModelFormatException {
    if (value != (int) value) {
      throw error(key, "expected an integer of 32 bits, found " + value);
    }
    return (int) value;
  }

  private float toFloat(String key, double value) throws ModelFormatException {
    if (!Float.isFinite((float) value)) {
      throw error(key, "expected a finite float, found " + value);
    }
    return (float) value;
  }

  private static String describe(Object value) {
    return value.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
