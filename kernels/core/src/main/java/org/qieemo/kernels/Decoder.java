package org.qieemo.kernels;

import java.nio.ByteBuffer;

/** Turns stored weights into float32. Stateless. */
public final class Decoder {
  private static final int BYTES_AT_ONCE = 256 * DType.Q8_0.blockBytes();

  private Decoder() {}

  /** Decodes {@code out.length} values from little-endian {@code in}, from its position on. */
  public static void decode(DType dtype, ByteBuffer in, float[] out) {
    switch (dtype) {
      case F32 -> in.asFloatBuffer().get(out);
      case F16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = halfToFloat(in.getShort());
        }
      }
      case BF16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = Float.intBitsToFloat(in.getShort() << 16);
        }
      }
      case Q8_0 -> decodeQ8(in, out);
      default -> throw new IllegalArgumentException("no decoder for " + dtype);
    }
  }

  /** By whole rows of bytes: a buffer's own accessors are slow until the JIT compiler has them. */
  private static void decodeQ8(ByteBuffer in, float[] out) {
    int block = DType.Q8_0.blockSize();
    long left = DType.Q8_0.bytes(out.length);
    byte[] bytes = new byte[(int) Math.min(BYTES_AT_ONCE, left)];
    int i = 0;
    for (; left > 0; left -= bytes.length) {
      int size = (int) Math.min(bytes.length, left);
      in.get(bytes, 0, size);
      for (int at = 0; at < size; at += DType.Q8_0.blockBytes()) {
        decodeBlock(bytes, at, out, i);
        i += block;
      }
    }
  }

  private static void decodeBlock(byte[] bytes, int at, float[] out, int to) {
    float scale = halfToFloat((short) (bytes[at] & 0xff | bytes[at + 1] << 8));
    for (int j = 0; j < DType.Q8_0.blockSize(); j++) {
      out[to + j] = scale * bytes[at + 2 + j];
    }
  }

  /** The float32 value of IEEE 754 binary16 bits; exact, NaN payloads aside. */
  public static float halfToFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1f;
    int mantissa = bits & 0x3ff;
    if (exponent == 0) { // zero or subnormal: mantissa * 2^-24 is exact in float32
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(mantissa * 0x1p-24f));
    }
    if (exponent == 31) {
      return Float.intBitsToFloat(sign | 0x7f800000 | mantissa << 13);
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | mantissa << 13);
  }

  /** The nearest IEEE 754 binary16 bits of a float32, ties to even. */
  public static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x477ff000) { // rounds to 65536 or more
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) { // subnormal half: let float addition round at 2^-24
      float scaled = Float.intBitsToFloat(magnitude) + 0.5f; // 0.5 has ulp 2^-24
      return (short) (sign | (Float.floatToRawIntBits(scaled) - Float.floatToRawIntBits(0.5f)));
    }
    int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
    return (short) (sign | (rounded - 0x38000000) >>> 13);
  }

  /** The nearest bfloat16 bits of a float32, ties to even. */
  public static short floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }
}
