package org.qieemo.converter.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.ByteSource;

/**
 * The end of a zip archive.
 *
 * @param entries their number
 * @param size bytes of the central directory
 * @param directory where it starts
 */
record ZipEnd(long entries, long size, long directory) {
  private static final int END_MAGIC = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_MAGIC = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64_MAGIC = 0x06064b50;
  private static final int END64_BYTES = 56;

  /** Reads the end record, which must be the file's last 22 bytes, and its Zip64 form. */
  static ZipEnd find(ByteSource source) throws IOException {
    long at = source.size() - END_BYTES;
    if (at < 0) {
      throw source.error(0, "a zip archive of " + source.size() + " bytes: truncated");
    }
    ByteBuffer end = source.bytes(at, END_BYTES, "the end record");
    if (end.getInt(0) != END_MAGIC || end.getShort(20) != 0) {
      throw source.error(at, "no zip end record at the end of the file: truncated or appended to");
    }
    if (end.getShort(4) != 0 || end.getShort(6) != 0 || end.getShort(8) != end.getShort(10)) {
      throw source.error(at, "a zip archive of several parts: unsupported");
    }
    ZipEnd small =
        new ZipEnd(
            end.getShort(10) & 0xffff, end.getInt(12) & 0xffffffffL, end.getInt(16) & 0xffffffffL);
    ZipEnd large = zip64(source, at, small);
    return large == null ? small.checked(source, at) : large;
  }

  /** The Zip64 end record, or null if there is none. */
  private static ZipEnd zip64(ByteSource source, long end, ZipEnd small) throws IOException {
    long locatorAt = end - LOCATOR_BYTES;
    if (locatorAt < 0) {
      return null;
    }
    ByteBuffer locator = source.bytes(locatorAt, LOCATOR_BYTES, "the Zip64 locator");
    if (locator.getInt(0) != LOCATOR_MAGIC) {
      return null;
    }
    long at = locatorAt - END64_BYTES;
    if (locator.getLong(8) != at || locator.getInt(4) != 0 || locator.getInt(16) != 1) {
      throw source.error(locatorAt, "the Zip64 locator points elsewhere than before itself");
    }
    ByteBuffer record = source.bytes(at, END64_BYTES, "the Zip64 end record");
    if (record.getInt(0) != END64_MAGIC
        || record.getLong(4) != END64_BYTES - 12
        || record.getInt(16) != 0
        || record.getInt(20) != 0
        || record.getLong(24) != record.getLong(32)) {
      throw source.error(at, "a damaged Zip64 end record");
    }
    ZipEnd large = new ZipEnd(record.getLong(32), record.getLong(40), record.getLong(48));
    if (!agrees(small.entries, large.entries, 0xffffL)
        || !agrees(small.size, large.size, 0xffffffffL)
        || !agrees(small.directory, large.directory, 0xffffffffL)) {
      throw source.error(at, "the Zip64 end record contradicts the end record");
    }
    return large.checked(source, at);
  }

  private static boolean agrees(long small, long large, long inZip64) {
    return small == large || small == inZip64;
  }

  /** The central directory ends where the end records start. */
  private ZipEnd checked(ByteSource source, long at) throws ModelFormatException {
    if (entries < 0 || size < 0 || directory < 0 || size > at || directory != at - size) {
      throw source.error(
          at,
          "the central directory does not lie before the end record: "
              + Long.toUnsignedString(entries)
              + " entries, "
              + Long.toUnsignedString(size)
              + " bytes at "
              + Long.toUnsignedString(directory));
    }
    return this;
  }
}
