package org.qieemo.converter.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.ByteSource;

/**
 * A zip archive of stored entries, read strictly, as PyTorch writes it: the central directory (with
 * Zip64) is believed, the local headers must not contradict it, entries lie one behind the other
 * without gaps, nothing precedes or follows, and every checksum holds. Compressed entries are
 * refused but for TorchScript's code, which is passed over. Immutable and thread-safe.
 */
public final class ZipArchive {
  /** First bytes of a zip archive, little-endian. */
  public static final int LOCAL_MAGIC = 0x04034b50;

  private static final int CENTRAL_MAGIC = 0x02014b50;
  private static final int DESCRIPTOR_MAGIC = 0x08074b50;
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int DEFLATED = 8;
  private static final String CODE = "/code/";
  private static final int DESCRIPTOR_FLAG = 0x0008;
  private static final int UTF8_FLAG = 0x0800;
  private static final long IN_ZIP64 = 0xffffffffL;
  private static final int MAX_DIRECTORY = 1 << 28;
  private static final int CHUNK = 1 << 16;

  private final ByteSource source;
  private final byte[] chunk = new byte[CHUNK];
  private final Map<String, ByteSource> entries = new LinkedHashMap<>();

  /** What the central directory says of an entry; {@code at} is where it says it. */
  private record Entry(
      long at, String name, int flags, int method, int crc, long packed, long size, long header) {
    boolean isStored() {
      return method == 0;
    }
  }

  private ZipArchive(ByteSource source) {
    this.source = source;
  }

  /**
   * Reads and checks an archive.
   *
   * @throws ModelFormatException if it is damaged, ambiguous or compressed
   */
  public static ZipArchive open(ByteSource source) throws IOException {
    ZipArchive archive = new ZipArchive(source);
    ZipEnd end = ZipEnd.find(source);
    List<Entry> directory = archive.directory(end);
    directory.sort(Comparator.comparingLong(Entry::header));
    long expected = 0;
    for (Entry entry : directory) {
      expected = archive.locate(entry, expected, end.directory());
    }
    if (expected != end.directory()) {
      throw source.error(expected, "bytes between the last entry and the central directory");
    }
    return archive;
  }

  /** The entries' bytes by name, in file order. */
  public Map<String, ByteSource> entries() {
    return Collections.unmodifiableMap(entries);
  }

  private List<Entry> directory(ZipEnd end) throws IOException {
    if (end.size() > MAX_DIRECTORY || end.entries() > end.size() / CENTRAL_BYTES) {
      throw source.error(
          end.directory(),
          "a central directory of " + end.size() + " bytes cannot hold the entries");
    }
    ByteBuffer bytes = source.bytes(end.directory(), end.size(), "the central directory");
    List<Entry> directory = new ArrayList<>((int) end.entries());
    for (long i = 0; i < end.entries(); i++) {
      directory.add(entry(bytes, end.directory()));
    }
    if (bytes.hasRemaining()) {
      throw source.error(
          end.directory() + bytes.position(), "the central directory holds more than its entries");
    }
    return directory;
  }

  private Entry entry(ByteBuffer bytes, long directory) throws ModelFormatException {
    long at = directory + bytes.position();
    if (bytes.remaining() < CENTRAL_BYTES || bytes.getInt(bytes.position()) != CENTRAL_MAGIC) {
      throw source.error(at, "expected an entry of the central directory");
    }
    int from = bytes.position();
    int nameLength = bytes.getShort(from + 28) & 0xffff;
    int extraLength = bytes.getShort(from + 30) & 0xffff;
    int commentLength = bytes.getShort(from + 32) & 0xffff;
    if (bytes.remaining() - CENTRAL_BYTES < nameLength + extraLength + commentLength) {
      throw source.error(at, "an entry leaves the central directory");
    }
    String name = name(bytes.slice(from + CENTRAL_BYTES, nameLength), at);
    int flags = bytes.getShort(from + 8) & 0xffff;
    int method = bytes.getShort(from + 10) & 0xffff;
    if (method != 0 && !(method == DEFLATED && name.contains(CODE))) {
      throw source.error(
          at,
          "entry "
              + name
              + " is compressed: repacked? unsupported, save model.state_dict() with torch.save");
    }
    if ((flags & ~(DESCRIPTOR_FLAG | UTF8_FLAG)) != 0) {
      throw source.error(at, "entry " + name + " has flags " + Integer.toHexString(flags));
    }
    Zip64Extra extra =
        Zip64Extra.of(
            bytes.slice(from + CENTRAL_BYTES + nameLength, extraLength).order(bytes.order()));
    long size = extra.resolve(bytes.getInt(from + 24));
    long packed = extra.resolve(bytes.getInt(from + 20));
    long header = extra.resolve(bytes.getInt(from + 42));
    if (size < 0 || packed < 0 || method == 0 && packed != size) {
      throw source.error(at, "entry " + name + " is stored, but its two sizes differ");
    }
    bytes.position(from + CENTRAL_BYTES + nameLength + extraLength + commentLength);
    return new Entry(at, name, flags, method, bytes.getInt(from + 16), packed, size, header);
  }

  private String name(ByteBuffer bytes, long at) throws ModelFormatException {
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw source.error(at, "an entry's name is not UTF-8");
    }
    if (!EntryNames.isPlain(name)) {
      throw source.error(at, "an entry has the unsafe name '" + EntryNames.printable(name) + "'");
    }
    return name;
  }

  /** Checks the local header; returns where the next one must stand. */
  private long locate(Entry entry, long expected, long directory) throws IOException {
    String name = entry.name();
    if (entry.header() < 0 || entry.header() > directory - LOCAL_BYTES) {
      throw source.error(entry.at(), "entry " + name + " lies outside the file");
    }
    if (entry.header() != expected) {
      String what =
          entry.header() < expected ? " overlaps another" : " does not follow the previous";
      throw source.error(entry.header(), "entry " + name + what);
    }
    ByteBuffer local = source.bytes(entry.header(), LOCAL_BYTES, "a local header");
    int nameLength = local.getShort(26) & 0xffff;
    int extraLength = local.getShort(28) & 0xffff;
    checkLocal(entry, local, nameLength);
    long data = entry.header() + LOCAL_BYTES + nameLength + extraLength;
    if (data > directory || entry.packed() > directory - data) {
      throw source.error(entry.header(), "entry " + name + " leaves the file");
    }
    if (entries.containsKey(name)) {
      throw source.error(entry.at(), "entry " + name + " occurs twice");
    }
    if (entry.isStored()) {
      entries.put(name, source.part(name, data, entry.size()));
      checkSum(entry, data);
    }
    return descriptorEnd(entry, data + entry.packed(), directory);
  }

  private void checkLocal(Entry entry, ByteBuffer local, int nameLength) throws IOException {
    long at = entry.header();
    if (local.getInt(0) != LOCAL_MAGIC) {
      throw source.error(at, "expected the local header of entry " + entry.name());
    }
    byte[] expected = entry.name().getBytes(StandardCharsets.UTF_8);
    ByteBuffer found = source.bytes(at + LOCAL_BYTES, nameLength, "a local name");
    if (!found.equals(ByteBuffer.wrap(expected))) {
      throw source.error(at, "the local name of entry " + entry.name() + " differs");
    }
    boolean later = (entry.flags() & DESCRIPTOR_FLAG) != 0;
    if ((local.getShort(6) & 0xffff) != entry.flags() || local.getShort(8) != entry.method()) {
      throw source.error(at, "the local flags of entry " + entry.name() + " differ");
    }
    if (!agrees(local.getInt(14), entry.crc(), later)
        || !agrees(local.getInt(18), entry.packed(), later)
        || !agrees(local.getInt(22), entry.size(), later)) {
      throw source.error(at, "the local sizes or checksum of entry " + entry.name() + " differ");
    }
  }

  /** A local field repeats the central one, defers to Zip64, or is left to the descriptor. */
  private static boolean agrees(int local, long central, boolean later) {
    return local == (int) central || local == (int) IN_ZIP64 || later && local == 0;
  }

  private void checkSum(Entry entry, long data) throws IOException {
    CRC32 crc = new CRC32();
    for (long done = 0; done < entry.size(); ) {
      int step = (int) Math.min(chunk.length, entry.size() - done);
      source.read(data + done, chunk, 0, step);
      crc.update(chunk, 0, step);
      done += step;
    }
    if ((int) crc.getValue() != entry.crc()) {
      throw source.error(
          data, "the checksum of entry " + entry.name() + " is wrong: damaged, copy it again");
    }
  }

  /** Passes over a data descriptor, which repeats checksum and sizes. */
  private long descriptorEnd(Entry entry, long at, long directory) throws IOException {
    if ((entry.flags() & DESCRIPTOR_FLAG) == 0) {
      return at;
    }
    ByteBuffer found = source.bytes(at, Math.min(24, directory - at), "a data descriptor");
    boolean start =
        found.remaining() >= 16
            && found.getInt(0) == DESCRIPTOR_MAGIC
            && found.getInt(4) == entry.crc();
    if (start && found.remaining() >= 24) {
      if (found.getLong(8) == entry.packed() && found.getLong(16) == entry.size()) {
        return at + 24;
      }
    }
    if (start && isUnsigned(found.getInt(8), entry.packed(), found.getInt(12), entry.size())) {
      return at + 16;
    }
    throw source.error(
        at, "the data descriptor of entry " + entry.name() + " is missing or differs");
  }

  /** Two fields of 32 bits hold the two sizes. */
  private static boolean isUnsigned(int packedField, long packed, int sizeField, long size) {
    return (packedField & IN_ZIP64) == packed && (sizeField & IN_ZIP64) == size;
  }
}
