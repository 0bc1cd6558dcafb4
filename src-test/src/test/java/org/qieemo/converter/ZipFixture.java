package org.qieemo.converter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Builds archives as torch.save lays them out, and broken ones. */
public final class ZipFixture {
  int prefix;
  int entryCount = -1;
  long directoryOffset = -1;
  boolean zip64;
  String comment = "";
  byte[] tail = {};
  final List<Entry> entries = new ArrayList<>();

  /** One entry; the fields may be made to lie. */
  public static final class Entry {
    String name;
    String localName;
    byte[] data;
    int flags = 0x0808;
    int localFlags = 0x0808;
    int method;
    int crc;
    long size;
    long compressed;
    long localSize;
    long headerShift;
    int gap;
  }

  public Entry add(String name, byte... data) {
    Entry entry = new Entry();
    entry.name = name;
    entry.localName = name;
    entry.data = data;
    CRC32 crc = new CRC32();
    crc.update(data);
    entry.crc = (int) crc.getValue();
    entry.size = data.length;
    entry.compressed = data.length;
    entries.add(entry);
    return entry;
  }

  Entry find(String name) {
    return entries.stream().filter(e -> e.name.equals(name)).findFirst().orElseThrow();
  }

  public byte[] build() {
    Bytes out = new Bytes().raw(new byte[prefix]);
    List<Long> headers = new ArrayList<>();
    for (Entry e : entries) {
      out.raw(new byte[e.gap]);
      headers.add(out.size() + e.headerShift);
      byte[] name = e.localName.getBytes(StandardCharsets.UTF_8);
      out.u32(0x04034b50).u16(0).u16(e.localFlags).u16(e.method).u32(0).u32(0);
      out.u32(e.localSize).u32(e.localSize).u16(name.length).u16(0).raw(name).raw(e.data);
      if ((e.flags & 8) != 0) {
        out.u32(0x08074b50).u32(e.crc).u32(e.compressed).u32(e.size);
      }
    }
    long directory = out.size();
    for (int i = 0; i < entries.size(); i++) {
      central(out, entries.get(i), headers.get(i));
    }
    end(out, directory, out.size() - directory);
    return out.text(comment).raw(tail).toArray();
  }

  private static void central(Bytes out, Entry e, long header) {
    byte[] name = e.name.getBytes(StandardCharsets.UTF_8);
    out.u32(0x02014b50).u16(0).u16(0).u16(e.flags).u16(e.method).u32(0).u32(e.crc);
    out.u32(e.compressed).u32(e.size).u16(name.length).u16(0).u16(0).u16(0).u16(0).u32(0);
    out.u32(header).raw(name);
  }

  private void end(Bytes out, long directory, long size) {
    long offset =
        directoryOffset < 0 && directoryOffset != Long.MIN_VALUE ? directory : directoryOffset;
    int count = entryCount < 0 ? entries.size() : entryCount;
    if (zip64) {
      long at = out.size();
      out.u32(0x06064b50).u64(44).u16(30).u16(45).u32(0).u32(0).u64(count).u64(count);
      out.u64(size).u64(offset).u32(0x07064b50).u32(0).u64(at).u32(1);
    }
    out.u32(0x06054b50).u16(0).u16(0).u16(count).u16(count).u32(size).u32(offset);
    out.u16(comment.length());
  }
}
