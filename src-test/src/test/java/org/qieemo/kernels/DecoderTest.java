package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Storage types: every binary16, bfloat16, blocks of Q8_0, sizes that do not fit. */
class DecoderTest {
  /** binary16 by its definition. */
  private static double half(int bits) {
    int sign = bits >> 15 == 0 ? 1 : -1;
    int exponent = bits >> 10 & 0x1f;
    int mantissa = bits & 0x3ff;
    if (exponent == 31) {
      return mantissa == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    double significand = exponent == 0 ? mantissa / 1024.0 : 1 + mantissa / 1024.0;
    return sign * significand * Math.pow(2, Math.max(exponent, 1) - 15);
  }

  @Test
  void everyHalfDecodesAndComesBack() {
    for (int bits = 0; bits < 0x10000; bits++) {
      float found = Decoder.halfToFloat((short) bits);
      double expected = half(bits);
      assertEquals(expected, (double) found, 0.0, "half 0x" + Integer.toHexString(bits));
      if (!Double.isNaN(expected)) {
        int sign = Float.floatToRawIntBits(found) >>> 31;
        assertEquals(bits >> 15, sign, "sign of half 0x" + Integer.toHexString(bits));
        assertEquals((short) bits, Decoder.floatToHalf(found));
      } else {
        assertTrue(Float.isNaN(Decoder.halfToFloat(Decoder.floatToHalf(found))));
      }
    }
  }

  @Test
  void halvesRoundToTheNearestTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double low = half(bits);
      double high = half(bits + 1);
      float middle = (float) ((low + high) / 2); // exact in float32
      int even = bits % 2 == 0 ? bits : bits + 1;
      assertEquals((short) even, Decoder.floatToHalf(middle), "tie above 0x" + bits);
      assertEquals((short) bits, Decoder.floatToHalf(Math.nextDown(middle)));
      assertEquals((short) (bits + 1), Decoder.floatToHalf(Math.nextUp(middle)));
      assertEquals((short) (bits | 0x8000), Decoder.floatToHalf(-Math.nextDown(middle)));
    }
    assertEquals((short) 0x7bff, Decoder.floatToHalf(65519.996f));
    assertEquals((short) 0x7c00, Decoder.floatToHalf(65520f));
    assertEquals((short) 0xfc00, Decoder.floatToHalf(Float.NEGATIVE_INFINITY));
    assertEquals((short) 0, Decoder.floatToHalf(Float.MIN_VALUE));
  }

  @Test
  void everyBfloat16DecodesAndComesBack() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * 0x10000).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 0x10000; bits++) {
      bytes.putShort((short) bits);
    }
    float[] values = new float[0x10000];
    Decoder.decode(DType.BF16, bytes.flip(), values);
    for (int bits = 0; bits < 0x10000; bits++) {
      if (Float.isNaN(values[bits])) {
        assertTrue((bits & 0x7f80) == 0x7f80 && (bits & 0x7f) != 0);
        int back = Decoder.floatToBfloat16(values[bits]) << 16;
        assertTrue(Float.isNaN(Float.intBitsToFloat(back)));
      } else {
        assertEquals(bits << 16, Float.floatToRawIntBits(values[bits]));
        assertEquals((short) bits, Decoder.floatToBfloat16(values[bits]));
      }
    }
  }

  @Test
  void bfloat16RoundsToTheNearestTiesToEven() {
    assertEquals((short) 0x3f80, Decoder.floatToBfloat16(Float.intBitsToFloat(0x3f808000)));
    assertEquals((short) 0x3f82, Decoder.floatToBfloat16(Float.intBitsToFloat(0x3f818000)));
    assertEquals((short) 0x3f81, Decoder.floatToBfloat16(Float.intBitsToFloat(0x3f808001)));
    assertEquals((short) 0x7f80, Decoder.floatToBfloat16(Float.MAX_VALUE));
  }

  @Test
  void blocksOfQ8HaveOneScaleEach() {
    ByteBuffer bytes = ByteBuffer.allocate(2 * 34).order(ByteOrder.LITTLE_ENDIAN);
    float[] scales = {0.5f, -0.03125f};
    byte[] codes = new byte[64];
    new Random(1).nextBytes(codes);
    for (int block = 0; block < 2; block++) {
      bytes.putShort(Decoder.floatToHalf(scales[block]));
      bytes.put(codes, block * 32, 32);
    }
    HostTensor tensor = new HostTensor("q", DType.Q8_0, new int[] {2, 32}, bytes.flip());
    float[] values = tensor.toFloats();
    for (int i = 0; i < 64; i++) {
      assertEquals(scales[i / 32] * codes[i], values[i]);
    }
  }

  @Test
  void sizesMustFit() {
    ByteBuffer bytes = ByteBuffer.allocate(12);
    assertThrows(
        ShapeException.class, () -> new HostTensor("t", DType.F32, new int[] {2, 2}, bytes));
    assertThrows(ShapeException.class, () -> new HostTensor("t", DType.F16, new int[] {5}, bytes));
    assertThrows(
        IllegalArgumentException.class,
        () -> new HostTensor("t", DType.Q8_0, new int[] {12}, bytes));
    assertEquals(3, new HostTensor("t", DType.F32, new int[] {3}, bytes).toFloats().length);
  }

  @Test
  void stacksRowsOfOneTypeAndOfSeveral() {
    HostTensor a = HostTensor.of("a", new int[] {1, 2}, 1f, 2f);
    HostTensor b = HostTensor.of("b", new int[] {2, 2}, 3f, 4f, 5f, 6f);
    ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    halves.putShort(Decoder.floatToHalf(7f)).putShort(Decoder.floatToHalf(8f)).flip();
    HostTensor c = new HostTensor("c", DType.F16, new int[] {1, 2}, halves);
    HostTensor same = HostTensor.stack(a, b);
    assertArrayEquals(new int[] {3, 2}, same.shape());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, same.toFloats());
    HostTensor mixed = HostTensor.stack(b, c);
    assertEquals(DType.F32, mixed.dtype());
    assertArrayEquals(new float[] {3, 4, 5, 6, 7, 8}, mixed.toFloats());
    HostTensor wide = HostTensor.of("d", new int[] {1, 3}, 1f, 2f, 3f);
    assertThrows(ShapeException.class, () -> HostTensor.stack(a, wide));
  }
}
