package org.qieemo.converter.text;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.weights.Metadata;

/**
 * A map of a configuration file with typed access; errors name the key with its path. A key whose
 * value is null counts as absent. Immutable and thread-safe.
 */
public final class Settings {
  private static final Pattern EXPONENT =
      Pattern.compile("[-+]?[0-9]{1,20}(\\.[0-9]{0,20})?[eE][-+]?[0-9]{1,3}");

  private final String source;
  private final String path;
  private final Map<?, ?> values;

  private Settings(String source, String path, Map<?, ?> values) {
    this.source = source;
    this.path = path;
    this.values = values;
  }

  /**
   * Wraps a parsed document.
   *
   * @throws ModelFormatException if it is no map
   */
  public static Settings of(String source, Object document) throws ModelFormatException {
    if (!(document instanceof Map<?, ?> map)) {
      throw new ModelFormatException(
          source, FormatException.NO_OFFSET, "expected keys and values, found none");
    }
    return new Settings(source, "", map);
  }

  /** The file's name. */
  public String source() {
    return source;
  }

  /** Whether the key has a value. */
  public boolean has(String key) {
    return values.get(key) != null;
  }

  /** Whether the key has a map. */
  public boolean hasSection(String key) {
    return values.get(key) instanceof Map<?, ?>;
  }

  /** The keys, in file order. */
  public Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    values.keySet().forEach(key -> keys.add(String.valueOf(key)));
    return keys;
  }

  /** A nested map; empty where the key is absent. */
  public Settings section(String key) throws ModelFormatException {
    Object value = has(key) ? values.get(key) : Map.of();
    if (!(value instanceof Map<?, ?> map)) {
      throw expected(key, "keys and values");
    }
    return new Settings(source, path + key + ".", map);
  }

  /** An integer of 32 bits. */
  public int integer(String key, int absent) throws ModelFormatException {
    return has(key) ? integer(key) : absent;
  }

  /** An integer of 32 bits that must be there. */
  public int integer(String key) throws ModelFormatException {
    if (required(key) instanceof Long value && value == value.intValue()) {
      return value.intValue();
    }
    throw expected(key, "an integer");
  }

  /** A number. */
  public double number(String key, double absent) throws ModelFormatException {
    if (!has(key)) {
      return absent;
    }
    if (values.get(key) instanceof Number value) {
      return value.doubleValue();
    }
    String text = String.valueOf(values.get(key)); // YAML reads 1e-5 as a text
    if (EXPONENT.matcher(text).matches()) {
      return Double.parseDouble(text);
    }
    throw expected(key, "a number");
  }

  /** A boolean. */
  public boolean flag(String key, boolean absent) throws ModelFormatException {
    if (!has(key)) {
      return absent;
    }
    if (values.get(key) instanceof Boolean value) {
      return value;
    }
    throw expected(key, "true or false");
  }

  /** A text. */
  public String text(String key, String absent) throws ModelFormatException {
    if (!has(key)) {
      return absent;
    }
    if (values.get(key) instanceof String value) {
      return value;
    }
    throw expected(key, "a text");
  }

  /** One of the constants of an enum, written in lower case. */
  public <E extends Enum<E>> E constant(String key, E absent) throws ModelFormatException {
    String text = text(key, null);
    List<String> known = new ArrayList<>();
    for (E constant : absent.getDeclaringClass().getEnumConstants()) {
      known.add(Metadata.text(constant));
      if (text == null || known.get(known.size() - 1).equals(text)) {
        return text == null ? absent : constant;
      }
    }
    throw expected(key, "one of " + known);
  }

  /** A list of texts; numbers and booleans count as what is written. */
  public List<String> texts(String key) throws ModelFormatException {
    List<String> texts = new ArrayList<>();
    for (Object value : list(key)) {
      if (value == null || value instanceof Map || value instanceof List) {
        throw expected(key, "a list of texts");
      }
      texts.add(value.toString());
    }
    return texts;
  }

  /** A list of integers of 32 bits. */
  public List<Integer> integers(String key) throws ModelFormatException {
    List<Integer> integers = new ArrayList<>();
    for (Object value : list(key)) {
      if (!(value instanceof Long number) || number != number.intValue()) {
        throw expected(key, "a list of integers");
      }
      integers.add(number.intValue());
    }
    return integers;
  }

  /** A list of numbers. */
  public double[] numbers(String key) throws ModelFormatException {
    List<?> list = list(key);
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(list.get(i) instanceof Number number)) {
        throw expected(key, "a list of numbers");
      }
      numbers[i] = number.doubleValue();
    }
    return numbers;
  }

  private List<?> list(String key) throws ModelFormatException {
    if (required(key) instanceof List<?> list) {
      return list;
    }
    throw expected(key, "a list");
  }

  private Object required(String key) throws ModelFormatException {
    if (!has(key)) {
      throw error(key, "missing");
    }
    return values.get(key);
  }

  /**
   * Fails unless the key is absent or has the one value that this project computes.
   *
   * @throws ModelFormatException naming key and value
   */
  public void only(String key, Object... supported) throws ModelFormatException {
    Object value = values.get(key);
    for (Object candidate : supported) {
      boolean equalNumbers =
          value instanceof Number a
              && candidate instanceof Number b
              && Math.abs(a.doubleValue() - b.doubleValue()) < 1e-12;
      if (value == null || value.equals(candidate) || equalNumbers) {
        return;
      }
    }
    throw error(key, "'" + value + "' is not supported, only " + List.of(supported));
  }

  private ModelFormatException expected(String key, String what) {
    String found = String.valueOf(values.get(key));
    String shown = found.length() > 60 ? found.substring(0, 60) + "..." : found;
    return error(key, "expected " + what + ", found '" + shown.replace('\n', ' ') + "'");
  }

  /** An exception about a key. */
  public ModelFormatException error(String key, String reason) {
    return new ModelFormatException(source, FormatException.NO_OFFSET, path + key + ": " + reason);
  }
}
