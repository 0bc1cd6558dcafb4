package org.qieemo.audio;

import java.nio.charset.StandardCharsets;
import org.qieemo.AudioFormatException;

/**
 * Walks the chunks of a RIFF/WAVE, RF64 or BW64 file: up to the first sample, and behind the last
 * one. Sources: Microsoft's "Multimedia Programming Interface 1.0" (RIFF, WAVE), EBU Tech 3306 and
 * ITU-R BS.2088 (RF64, BW64).
 */
final class WavHeader {
  /** Data size of a header whose writer could not seek back, besides 0: ffmpeg's. */
  private static final long STREAMED = 0xffffffffL;

  /** The same as SoX writes it, rounded down to whole frames. */
  private static final long STREAMED_SOX = 0x7ffff000L;

  private static final int RIFF = id("RIFF");
  private static final int RF64 = id("RF64");
  private static final int BW64 = id("BW64");
  private static final int FMT = id("fmt ");
  private static final int DATA = id("data");
  private static final int DS64 = id("ds64");
  private static final int DS64_FIXED = 28;
  private static final int DS64_ENTRY = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int RIFF_HEADER = 12;

  /**
   * One chunk's head.
   *
   * @param id the four characters, little-endian
   * @param size bytes of its body
   * @param offset where its head begins
   */
  private record Chunk(int id, long size, long offset) {
    String name() {
      return "'" + text(id) + "'";
    }
  }

  private final ByteSource in;
  private long riffEnd;
  private boolean large;
  private long largeDataSize;
  private WavFormat format;
  private long dataBytes;
  private boolean streamed;

  private WavHeader(ByteSource in) {
    this.in = in;
  }

  /**
   * Reads up to the first sample.
   *
   * @throws AudioFormatException the header is damaged, unsupported or not WAVE
   */
  static WavHeader read(ByteSource in) throws AudioFormatException {
    WavHeader header = new WavHeader(in);
    header.riff();
    header.chunks();
    return header;
  }

  WavFormat format() {
    return format;
  }

  /** Bytes of audio that are declared; for a streamed header the most that are taken. */
  long dataBytes() {
    return dataBytes;
  }

  /** Whether the audio lasts to the end of the file, however short. */
  boolean streamed() {
    return streamed;
  }

  private void riff() throws AudioFormatException {
    int n = in.lookAhead(ForeignFormats.HEAD);
    int magic = n < 4 ? 0 : in.peekInt(0);
    if (magic != RIFF && magic != RF64 && magic != BW64) {
      throw in.error(0, ForeignFormats.reason(head(n)));
    }
    if (n < RIFF_HEADER) {
      throw in.error(n, "the file ends inside its RIFF header, after " + n + " bytes");
    }
    if (in.peekInt(8) != id("WAVE")) {
      throw in.error(
          8,
          "RIFF file of type '" + text(in.peekInt(8)) + "', not 'WAVE', " + ForeignFormats.CONVERT);
    }
    large = magic != RIFF;
    riffEnd = CHUNK_HEADER + Integer.toUnsignedLong(in.peekInt(4));
    in.skip(RIFF_HEADER);
    if (large) {
      ds64(next("ds64"));
    }
  }

  private byte[] head(int n) {
    byte[] head = new byte[n];
    for (int i = 0; i < n; i++) {
      head[i] = (byte) in.peek(i);
    }
    return head;
  }

  private void ds64(Chunk chunk) throws AudioFormatException {
    if (chunk.id != DS64) {
      throw in.error(chunk.offset, "RF64 needs a ds64 chunk first, found " + chunk.name());
    }
    if (chunk.size < DS64_FIXED) {
      throw in.error(
          chunk.offset, "ds64 chunk of " + chunk.size + " bytes, at least 28 are needed");
    }
    int found = in.lookAhead(DS64_FIXED);
    if (found < DS64_FIXED) {
      throw truncated(chunk, chunk.size - found);
    }
    largeDataSize = Integer.toUnsignedLong(in.peekInt(8)) | (long) in.peekInt(12) << 32;
    if (largeDataSize < 0) {
      throw in.error(
          in.offset() + 8,
          "ds64 data size " + Long.toUnsignedString(largeDataSize) + " is impossible");
    }
    long entries = Integer.toUnsignedLong(in.peekInt(24));
    if (DS64_FIXED + entries * DS64_ENTRY > chunk.size) {
      throw in.error(
          in.offset() + 24,
          "ds64 table of " + entries + " entries does not fit its chunk of " + chunk.size);
    }
    skip(chunk);
  }

  private void chunks() throws AudioFormatException {
    WavFormatChunk fmt = null;
    Chunk chunk = next("data");
    for (; chunk.id != DATA; chunk = next("data")) {
      if (chunk.id == FMT) {
        if (fmt != null) {
          throw in.error(chunk.offset, "second fmt chunk");
        }
        fmt = WavFormatChunk.parse(in, chunk.offset, chunk.size);
      }
      skip(chunk);
    }
    if (fmt == null) {
      throw in.error(chunk.offset, "no fmt chunk before the data chunk");
    }
    data(chunk, fmt);
  }

  private void data(Chunk chunk, WavFormatChunk fmt) throws AudioFormatException {
    boolean from64 = large && chunk.size == STREAMED;
    dataBytes = from64 ? largeDataSize : chunk.size;
    int align = fmt.channels() * fmt.encoding().bytes();
    streamed = isStreamed(align, from64);
    if (!streamed) {
      checkSize(chunk, align);
    } else if (dataBytes == 0 || dataBytes == STREAMED) {
      dataBytes = Long.MAX_VALUE;
    }
    format =
        new WavFormat(
            fmt.encoding(),
            fmt.sampleRate(),
            fmt.channels(),
            fmt.validBits(),
            in.offset(),
            streamed ? WavFormat.UNKNOWN : dataBytes / align);
  }

  private boolean isStreamed(int align, boolean from64) throws AudioFormatException {
    if (dataBytes == 0) {
      return !(riffEnd > in.offset() && riffEnd < STREAMED && chunkFollows());
    }
    if (from64) {
      return false;
    }
    boolean sox = dataBytes <= STREAMED_SOX && dataBytes > STREAMED_SOX - align;
    return dataBytes == STREAMED || sox && !holds(dataBytes);
  }

  /** Whether a file, not a stream, has all of the bytes. */
  private boolean holds(long bytes) {
    return in.sizeKnown() && in.remaining() >= bytes;
  }

  /** Whether a data chunk of size 0 is truly empty: another chunk that fits the file follows it. */
  private boolean chunkFollows() throws AudioFormatException {
    if (in.lookAhead(CHUNK_HEADER) < CHUNK_HEADER) {
      return false;
    }
    for (int i = 0; i < 4; i++) {
      if (in.peek(i) < ' ' || in.peek(i) > '~') {
        return false;
      }
    }
    return in.offset() + CHUNK_HEADER + Integer.toUnsignedLong(in.peekInt(4)) <= riffEnd;
  }

  private void checkSize(Chunk chunk, int align) throws AudioFormatException {
    if (dataBytes > in.remaining()) {
      throw missing(in.offset() + in.remaining(), dataBytes, dataBytes - in.remaining());
    }
    if (dataBytes % align != 0) {
      throw in.error(
          chunk.offset,
          "data chunk of " + dataBytes + " bytes is no whole number of " + align + "-byte frames");
    }
  }

  /** The error for audio that ends too early. */
  AudioFormatException missing(long offset, long declared, long missing) {
    return in.error(
        offset,
        "the file is truncated: " + missing + " of " + declared + " bytes of audio are missing");
  }

  /**
   * Looks at what follows the audio. A cut-off chunk or stray bytes there do no harm and are let
   * through.
   *
   * @throws AudioFormatException more audio or a second header follows
   */
  void trailer() throws AudioFormatException {
    pad(dataBytes);
    while (in.lookAhead(CHUNK_HEADER) == CHUNK_HEADER) {
      Chunk chunk = head();
      if (chunk.id == DATA || chunk.id == FMT || chunk.id == RIFF) {
        throw in.error(chunk.offset, text(chunk.id).strip() + " chunk behind the data chunk");
      }
      if (in.skip(chunk.size) < chunk.size) {
        return;
      }
      pad(chunk.size);
    }
  }

  private Chunk next(String wanted) throws AudioFormatException {
    int n = in.lookAhead(CHUNK_HEADER);
    if (n < CHUNK_HEADER) {
      throw in.error(in.offset() + n, "the file ends before its " + wanted + " chunk");
    }
    return head();
  }

  private Chunk head() throws AudioFormatException {
    Chunk chunk = new Chunk(in.peekInt(0), Integer.toUnsignedLong(in.peekInt(4)), in.offset());
    in.skip(CHUNK_HEADER);
    return chunk;
  }

  /** Skips the rest of a chunk's body, counted from where its head ended. */
  private void skip(Chunk chunk) throws AudioFormatException {
    long rest = chunk.offset + CHUNK_HEADER + chunk.size - in.offset();
    if (rest > in.remaining()) {
      throw truncated(chunk, rest - in.remaining());
    }
    long skipped = in.skip(rest);
    if (skipped < rest) {
      throw truncated(chunk, rest - skipped);
    }
    pad(chunk.size);
  }

  /**
   * Chunks begin at even offsets, but some writers forget it: behind an odd chunk a zero is the pad
   * byte, and anything else already begins the next chunk.
   */
  private void pad(long size) throws AudioFormatException {
    if ((size & 1) == 1 && in.lookAhead(1) == 1 && in.peek(0) == 0) {
      in.skip(1);
    }
  }

  private AudioFormatException truncated(Chunk chunk, long missing) {
    return in.error(
        chunk.offset,
        "the file is truncated: chunk "
            + chunk.name()
            + " declares "
            + chunk.size
            + " bytes, "
            + missing
            + " are missing");
  }

  private static int id(String text) {
    return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
  }

  private static String text(int id) {
    byte[] bytes = {(byte) id, (byte) (id >> 8), (byte) (id >> 16), (byte) (id >> 24)};
    return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?");
  }
}
