package org.qieemo.audio;

/**
 * How a sample lies in a WAV file. All are little-endian; decoding is stateless and thread-safe.
 */
public enum SampleEncoding {
  /** Unsigned 8-bit PCM, 128 is silence. */
  PCM_U8(1),
  /** Signed 16-bit PCM. */
  PCM_S16(2),
  /** Signed 24-bit PCM. */
  PCM_S24(3),
  /** Signed 32-bit PCM. */
  PCM_S32(4),
  /** IEEE float. */
  FLOAT_32(4),
  /** IEEE double. */
  FLOAT_64(8),
  /** ITU-T G.711 A-law, 8 bits. */
  A_LAW(1),
  /** ITU-T G.711 mu-law, 8 bits. */
  MU_LAW(1);

  private final int bytes;

  SampleEncoding(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per sample of one channel. */
  public int bytes() {
    return bytes;
  }

  /**
   * Decodes one sample. Integers are divided by 2^(bits-1), G.711 by 2^15, so they lie in [-1,1];
   * floats are as stored and may be anything.
   */
  double decode(byte[] b, int at) {
    return switch (this) {
      case PCM_U8 -> ((b[at] & 0xff) - 128) / 128.0;
      case PCM_S16 -> int16(b, at) / 32768.0;
      case PCM_S24 -> ((b[at] & 0xff) | int16(b, at + 1) << 8) / 8388608.0;
      case PCM_S32 -> int32(b, at) / 2147483648.0;
      case FLOAT_32 -> Float.intBitsToFloat(int32(b, at));
      case FLOAT_64 -> Double.longBitsToDouble(int64(b, at));
      case A_LAW -> aLaw(b[at] & 0xff) / 32768.0;
      case MU_LAW -> muLaw(b[at] & 0xff) / 32768.0;
    };
  }

  private static int int16(byte[] b, int at) {
    return (b[at] & 0xff) | b[at + 1] << 8;
  }

  private static int int32(byte[] b, int at) {
    return (int16(b, at) & 0xffff) | int16(b, at + 2) << 16;
  }

  private static long int64(byte[] b, int at) {
    return (int32(b, at) & 0xffffffffL) | (long) int32(b, at + 4) << 32;
  }

  /** G.711 A-law to 16-bit linear: even bits inverted, sign (1 = positive), exponent, mantissa. */
  private static int aLaw(int code) {
    int c = code ^ 0x55;
    int exponent = c >> 4 & 7;
    int magnitude = (c & 15) << 4 | 8;
    if (exponent > 0) {
      magnitude = (magnitude | 0x100) << exponent - 1;
    }
    return (c & 0x80) != 0 ? magnitude : -magnitude;
  }

  /** G.711 mu-law to 16-bit linear: all bits inverted, sign (1 = negative), bias 132. */
  private static int muLaw(int code) {
    int c = ~code;
    int magnitude = (((c & 15) << 3 | 0x84) << (c >> 4 & 7)) - 0x84;
    return (c & 0x80) != 0 ? -magnitude : magnitude;
  }
}
