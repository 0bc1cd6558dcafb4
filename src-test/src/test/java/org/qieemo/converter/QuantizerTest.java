package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qieemo.converter.gguf.Quantizer;
import org.qieemo.kernels.DType;

/** Stored weights are byte for byte those of ggml's reference (the gguf package). */
class QuantizerTest {
  @ParameterizedTest
  @EnumSource(DType.class)
  void sameBytesAsGgml(DType type) throws IOException {
    byte[] rows = TestFiles.read("rows.f32");
    float[] values = new float[rows.length / 4];
    ByteBuffer.wrap(rows).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    byte[] expected = TestFiles.read("rows." + type.name().toLowerCase(Locale.ROOT));
    assertArrayEquals(expected, Quantizer.encode(type, values).array());
  }

  @Test
  void subnormalBlocksBecomeZero() {
    float[] values = new float[32];
    values[3] = 1e-40f;
    assertArrayEquals(new byte[34], Quantizer.encode(DType.Q8_0, values).array());
  }

  @Test
  void knowsWhatDoesNotFit() {
    assertTrue(Quantizer.fits(DType.F16, new float[] {65504}));
    assertFalse(Quantizer.fits(DType.F16, new float[] {-65520}));
    assertFalse(Quantizer.fits(DType.Q8_0, new float[] {1e8f}));
    assertFalse(Quantizer.fits(DType.BF16, new float[] {Float.MAX_VALUE}));
    assertTrue(Quantizer.fits(DType.BF16, new float[] {3e38f}));
    assertEquals(4, Quantizer.encode(DType.F32, new float[1]).capacity());
  }
}
