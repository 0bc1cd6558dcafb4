package org.qieemo.converter.container;

import java.util.Arrays;

/** Checks of the names of archive entries. */
final class EntryNames {
  private EntryNames() {}

  /** Whether a name is relative, with no way up, and free of control characters. */
  static boolean isPlain(String name) {
    boolean plain = name.chars().allMatch(c -> c >= ' ' && c != '\\' && c != 0x7f);
    return plain
        && Arrays.stream(name.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  /** A name with control characters made visible, for messages of one line. */
  static String printable(String name) {
    StringBuilder text = new StringBuilder();
    name.chars()
        .limit(200)
        .forEach(
            c -> text.append(c < ' ' ? String.format("\\x%02x", c) : String.valueOf((char) c)));
    return text.toString();
  }
}
