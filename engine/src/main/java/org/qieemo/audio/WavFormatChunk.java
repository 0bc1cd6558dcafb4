package org.qieemo.audio;

import org.qieemo.AudioFormatException;

/**
 * The fmt chunk of a WAV file, checked. Source: Microsoft's WAVEFORMATEX and WAVEFORMATEXTENSIBLE.
 * The average byte rate is not looked at, since nothing depends on it.
 */
record WavFormatChunk(SampleEncoding encoding, int sampleRate, int channels, int validBits) {
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int A_LAW = 6;
  private static final int MU_LAW = 7;
  private static final int EXTENSIBLE = 0xfffe;
  private static final int LEAST = 16;
  private static final int WITH_EXTENSION = 18;
  private static final int EXTENSIBLE_SIZE = 40;
  private static final int EXTENSION = 22;
  private static final int MOST = WITH_EXTENSION + 0xffff;
  private static final int MAX_CHANNELS = 256;
  private static final int MIN_RATE = 1000;
  private static final int MAX_RATE = 768_000;

  /** Bytes 2 to 15 of a subformat GUID whose first two bytes are a format tag. */
  private static final int[] GUID_TAIL = {
    0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71
  };

  /**
   * Parses the chunk's body without consuming it.
   *
   * @param in stands at the body
   * @param chunkOffset where the chunk's head began
   * @param size bytes of the body, as declared
   * @throws AudioFormatException damaged or unsupported
   */
  static WavFormatChunk parse(ByteSource in, long chunkOffset, long size)
      throws AudioFormatException {
    if (size < LEAST || size == LEAST + 1 || size > MOST) {
      throw in.error(chunkOffset, "fmt chunk of " + size + " bytes, expected 16, 18 or 40");
    }
    int wanted = (int) Math.min(size, EXTENSIBLE_SIZE);
    int found = in.lookAhead(wanted);
    if (found < wanted) {
      throw in.error(
          in.offset() + found,
          "the file is truncated: fmt chunk, " + (wanted - found) + " bytes are missing");
    }
    return new Parser(in, size).parse();
  }

  /** The fields as they stand in the file. */
  private static final class Parser {
    private final ByteSource in;
    private final long size;
    private int tag;
    private final int channels;
    private final int bits;
    private int validBits;

    Parser(ByteSource in, long size) {
      this.in = in;
      this.size = size;
      tag = u16(0);
      channels = u16(2);
      bits = u16(14);
      validBits = bits;
    }

    WavFormatChunk parse() throws AudioFormatException {
      if (tag == EXTENSIBLE) {
        extensible();
      }
      SampleEncoding encoding = encoding();
      check(
          channels >= 1 && channels <= MAX_CHANNELS, 2, channels + " channels, expected 1 to 256");
      long rate = Integer.toUnsignedLong(in.peekInt(4));
      check(
          rate >= MIN_RATE && rate <= MAX_RATE,
          4,
          "sample rate " + rate + " Hz, expected 1000 to 768000");
      int align = channels * encoding.bytes();
      check(u16(12) == align, 12, "block align " + u16(12) + ", expected " + align);
      return new WavFormatChunk(encoding, (int) rate, channels, validBits);
    }

    private void extensible() throws AudioFormatException {
      check(size >= EXTENSIBLE_SIZE, 0, "EXTENSIBLE fmt chunk of " + size + " bytes, expected 40");
      check(u16(16) >= EXTENSION, 16, "EXTENSIBLE extension of " + u16(16) + " bytes, expected 22");
      validBits = u16(18) == 0 ? bits : u16(18);
      check(validBits <= bits, 18, validBits + " valid bits in a container of " + bits + " bits");
      for (int i = 0; i < GUID_TAIL.length; i++) {
        check(in.peek(26 + i) == GUID_TAIL[i], 24, "unsupported: EXTENSIBLE subformat " + guid());
      }
      tag = u16(24);
    }

    private SampleEncoding encoding() throws AudioFormatException {
      SampleEncoding found =
          switch (tag << 8 | Math.min(bits, 0xff)) {
            case PCM << 8 | 8 -> SampleEncoding.PCM_U8;
            case PCM << 8 | 16 -> SampleEncoding.PCM_S16;
            case PCM << 8 | 24 -> SampleEncoding.PCM_S24;
            case PCM << 8 | 32 -> SampleEncoding.PCM_S32;
            case FLOAT << 8 | 32 -> SampleEncoding.FLOAT_32;
            case FLOAT << 8 | 64 -> SampleEncoding.FLOAT_64;
            case A_LAW << 8 | 8 -> SampleEncoding.A_LAW;
            case MU_LAW << 8 | 8 -> SampleEncoding.MU_LAW;
            default -> null;
          };
      if (found != null) {
        return found;
      }
      boolean known = tag == PCM || tag == FLOAT || tag == A_LAW || tag == MU_LAW;
      throw known
          ? error(14, "unsupported: " + bits + " bits per sample of " + tagName(tag))
          : error(0, "unsupported: " + tagName(tag));
    }

    private int u16(int at) {
      return in.peek(at) | in.peek(at + 1) << 8;
    }

    private String guid() {
      StringBuilder out = new StringBuilder();
      for (int i = 24; i < EXTENSIBLE_SIZE; i++) {
        out.append(String.format("%02x", in.peek(i)));
      }
      return out.toString();
    }

    private void check(boolean holds, int at, String reason) throws AudioFormatException {
      if (!holds) {
        throw reason.startsWith("unsupported")
            ? error(at, reason)
            : in.error(in.offset() + at, reason);
      }
    }

    private AudioFormatException error(int at, String reason) {
      return in.error(in.offset() + at, reason + ", " + ForeignFormats.CONVERT);
    }
  }

  private static String tagName(int tag) {
    String name =
        switch (tag) {
          case PCM -> "PCM";
          case FLOAT -> "float";
          case A_LAW -> "A-law";
          case MU_LAW -> "mu-law";
          case 0x02 -> "Microsoft ADPCM";
          case 0x11 -> "IMA ADPCM";
          case 0x31 -> "GSM 6.10";
          case 0x50 -> "MPEG audio";
          case 0x55 -> "MP3 in WAV";
          case 0xff, 0x1600 -> "AAC in WAV";
          case 0x161 -> "Windows Media Audio";
          default -> "unknown encoding";
        };
    return String.format("%s (format tag 0x%04x)", name, tag);
  }
}
