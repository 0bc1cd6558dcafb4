package org.qieemo.converter.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.ByteSource;

/** Reads tar archives (ustar, and the GNU and POSIX headers for long names). Stateless. */
final class TarArchive {
  private static final int BLOCK = 512;
  private static final int MAX_ENTRIES = 10_000;
  private static final int MAX_LONG_NAME = 1 << 16;

  private TarArchive() {}

  /**
   * The regular files by the last part of their names.
   *
   * @throws ModelFormatException if the archive is damaged, or two files share a name
   */
  static Map<String, ByteSource> entries(ByteSource source) throws IOException {
    Map<String, ByteSource> entries = new LinkedHashMap<>();
    String longName = null;
    for (long at = 0; !isEnd(source, at); ) {
      ByteBuffer header = source.bytes(at, BLOCK, "a tar header");
      checkSum(source, header, at);
      long size = octal(source, header, 124, 12, at);
      source.require(at + BLOCK, size, "a tar entry");
      char type = (char) header.get(156);
      String name = longName == null ? name(header) : longName;
      longName = null;
      if (type == 'L' || type == 'x') {
        longName = longName(source, at + BLOCK, size, type, name);
      } else if (type == '0' || type == 0) {
        add(entries, source, name, source.part(name, at + BLOCK, size));
      }
      if (entries.size() > MAX_ENTRIES) {
        throw source.error(at, "a tar archive of more than " + MAX_ENTRIES + " files");
      }
      at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
    }
    return entries;
  }

  private static void add(
      Map<String, ByteSource> entries, ByteSource archive, String name, ByteSource bytes)
      throws ModelFormatException {
    String relative = name.startsWith("./") ? name.substring(2) : name;
    if (!EntryNames.isPlain(relative)) {
      throw archive.error(
          0, "an entry has the unsafe name '" + EntryNames.printable(relative) + "'");
    }
    if (entries.put(relative.substring(relative.lastIndexOf('/') + 1), bytes) != null) {
      throw archive.error(0, "entry " + relative + " occurs twice");
    }
  }

  /** A zero block; without one the archive is not complete. */
  private static boolean isEnd(ByteSource source, long at) throws IOException {
    ByteBuffer block = source.bytes(at, BLOCK, "a tar header");
    while (block.hasRemaining()) {
      if (block.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private static void checkSum(ByteSource source, ByteBuffer header, long at)
      throws ModelFormatException {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header.get(i) & 0xff;
    }
    if (sum != octal(source, header, 148, 8, at)) {
      throw source.error(at, "no tar header, or a damaged one");
    }
  }

  private static long octal(ByteSource source, ByteBuffer header, int from, int length, long at)
      throws ModelFormatException {
    if (length == 12 && (header.get(from) & 0xff) == 0x80) { // GNU: binary, big-endian
      return header.duplicate().getLong(from + 4);
    }
    String text = ascii(header, from, length).strip();
    if (!text.matches("[0-7]{1,12}")) {
      throw source.error(at + from, "a damaged number in a tar header");
    }
    return Long.parseLong(text, 8);
  }

  private static String ascii(ByteBuffer header, int from, int length) {
    String text = StandardCharsets.UTF_8.decode(header.slice(from, length)).toString();
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static String name(ByteBuffer header) {
    String prefix = ascii(header, 257, 5).equals("ustar") ? ascii(header, 345, 155) : "";
    String name = ascii(header, 0, 100);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String longName(ByteSource source, long at, long size, char type, String name)
      throws IOException {
    if (size > MAX_LONG_NAME) {
      throw source.error(at, "a tar name of " + size + " bytes");
    }
    String text = StandardCharsets.UTF_8.decode(source.bytes(at, size, "a tar name")).toString();
    if (type == 'L') {
      return text.replace("\0", "");
    }
    for (String line : text.split("\n")) {
      int path = line.indexOf(" path=");
      if (path > 0) {
        return line.substring(path + " path=".length());
      }
    }
    return null;
  }
}
