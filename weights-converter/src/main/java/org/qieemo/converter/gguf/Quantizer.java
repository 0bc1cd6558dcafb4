package org.qieemo.converter.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Decoder;

/** Turns float32 values into stored ones, byte for byte as ggml's reference does. Stateless. */
public final class Quantizer {
  private Quantizer() {}

  /** Little-endian bytes of {@code values} in {@code dtype}; they must fill whole blocks. */
  public static ByteBuffer encode(DType dtype, float[] values) {
    int size = Math.toIntExact(dtype.bytes(values.length));
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case F32 -> out.asFloatBuffer().put(values);
      case F16 -> {
        for (float value : values) {
          out.putShort(Decoder.floatToHalf(value));
        }
      }
      case BF16 -> {
        for (float value : values) {
          out.putShort(Decoder.floatToBfloat16(value));
        }
      }
      case Q8_0 -> {
        for (int i = 0; i < values.length; i += dtype.blockSize()) {
          block(values, i, out);
        }
      }
      default -> throw new IllegalArgumentException("no encoder for " + dtype);
    }
    return out.rewind();
  }

  /** A scale of 1/127 of the largest magnitude, then the values in its units, half away from 0. */
  private static void block(float[] values, int from, ByteBuffer out) {
    int to = from + DType.Q8_0.blockSize();
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    float scale = largest / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    out.putShort(Decoder.floatToHalf(scale));
    for (int i = from; i < to; i++) {
      out.put(Float.isFinite(inverse) ? round(values[i] * inverse) : 0);
    }
  }

  private static byte round(float value) {
    double magnitude = Math.floor(Math.abs((double) value) + 0.5);
    return (byte) (value < 0 ? -magnitude : magnitude);
  }

  /** Whether a type can hold finite values as finite ones. */
  public static boolean fits(DType dtype, float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return switch (dtype) {
      case F16 -> isFiniteHalf(largest);
      case Q8_0 -> isFiniteHalf(largest / 127);
      case BF16 -> (Decoder.floatToBfloat16(largest) & 0x7f80) != 0x7f80;
      case F32 -> true;
    };
  }

  private static boolean isFiniteHalf(float value) {
    return (Decoder.floatToHalf(value) & 0x7c00) != 0x7c00;
  }
}
