package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every accepted encoding gives the exact values, in one piece and in blocks. */
class WavReaderTest {
  @TempDir Path folder;

  private static float[] read(WavBytes file) throws IOException {
    return WavBytes.samples(file.bytes());
  }

  private static WavBytes file(int tag, int bits, WavBytes data) {
    return WavBytes.riff().fmt(tag, 1, 16000, bits).data(data);
  }

  @Test
  void case63Pcm8() throws IOException {
    float[] x = read(file(WavBytes.PCM, 8, new WavBytes().u8(0, 1, 64, 127, 128, 129, 255)));
    assertArrayEquals(
        new float[] {-1, -127 / 128f, -0.5f, -1 / 128f, 0, 1 / 128f, 127 / 128f}, x, 0);
  }

  @Test
  void pcm16() throws IOException {
    float[] x = read(file(WavBytes.PCM, 16, new WavBytes().u16(-32768, -1, 0, 1, 258, 32767)));
    assertArrayEquals(
        new float[] {-1, -1 / 32768f, 0, 1 / 32768f, 258 / 32768f, 32767 / 32768f}, x, 0);
  }

  @Test
  void pcm24() throws IOException {
    WavBytes data = new WavBytes();
    for (int v : new int[] {-8388608, -1, 0, 1, 66051, 8388607}) {
      data.u8(v, v >> 8, v >> 16);
    }
    float s = 8388608f;
    assertArrayEquals(
        new float[] {-1, -1 / s, 0, 1 / s, 66051 / s, 8388607 / s},
        read(file(WavBytes.PCM, 24, data)),
        0);
  }

  @Test
  void pcm32() throws IOException {
    int[] values = {Integer.MIN_VALUE, -1, 0, 1, 16909060, Integer.MAX_VALUE};
    WavBytes data = new WavBytes();
    float[] expected = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      data.u32(values[i]);
      expected[i] = (float) (values[i] / 2147483648.0);
    }
    assertArrayEquals(expected, read(file(WavBytes.PCM, 32, data)), 0);
  }

  @Test
  void floats() throws IOException {
    float[] values = {-1, 0, 1, 0.1f, Float.MIN_VALUE, -32768, 1e6f};
    assertArrayEquals(values, read(file(WavBytes.FLOAT, 32, new WavBytes().f32(values))), 0);
    double[] wide = {-1, 0, 1, 0.1, Double.MIN_VALUE, -32768, 1e6};
    assertArrayEquals(
        Goldens.floats(wide), read(file(WavBytes.FLOAT, 64, new WavBytes().f64(wide))), 0);
  }

  /** G.711, mu-law: 14-bit magnitude (2m + 33) 2^e - 33, all bits inverted, sign bit 0 positive. */
  @Test
  void case63MuLaw() throws IOException {
    WavBytes data = new WavBytes();
    float[] expected = new float[256];
    for (int code = 0; code < 256; code++) {
      data.u8(code);
      int e = 7 - (code >> 4 & 7);
      int m = 15 - (code & 15);
      int magnitude = (2 * m + 33) * (1 << e) - 33;
      expected[code] = (code >= 128 ? magnitude : -magnitude) * 4 / 32768f;
    }
    assertEquals(-32124 / 32768f, expected[0]);
    assertEquals(0, expected[255]);
    assertArrayEquals(expected, read(file(WavBytes.MU_LAW, 8, data)), 0);
  }

  /** G.711, A-law: 13-bit magnitude 2m + 1, or (2m + 33) 2^(e-1); even bits inverted. */
  @Test
  void case63ALaw() throws IOException {
    WavBytes data = new WavBytes();
    float[] expected = new float[256];
    for (int code = 0; code < 256; code++) {
      data.u8(code ^ 0x55);
      int e = code >> 4 & 7;
      int m = code & 15;
      int magnitude = e == 0 ? 2 * m + 1 : (2 * m + 33) * (1 << e - 1);
      expected[code] = (code >= 128 ? magnitude : -magnitude) * 8 / 32768f;
    }
    assertEquals(-32256 / 32768f, expected[127]);
    assertArrayEquals(expected, read(file(WavBytes.A_LAW, 8, data)), 0);
  }

  /** Files written by libsndfile, against its own reading of them. */
  @Test
  void case63GoldensOfLibsndfile() throws IOException {
    for (Map.Entry<String, double[]> golden :
        Goldens.safetensors("/audio/goldens.safetensors").entrySet()) {
      if (golden.getKey().startsWith("wav.")) {
        String name = golden.getKey().substring(4);
        byte[] file = Goldens.resource("/audio/wav/" + name + ".wav");
        double[] stereo = golden.getValue();
        double[] mono = new double[stereo.length / 2];
        for (int i = 0; i < mono.length; i++) {
          mono[i] = (stereo[2 * i] + stereo[2 * i + 1]) / 2;
        }
        assertArrayEquals(Goldens.floats(mono), WavBytes.samples(file), 0, name);
      }
    }
  }

  @Test
  void channelsAreAveraged() throws IOException {
    WavBytes data = new WavBytes().u16(100, 200, 600, -5, -6, -10);
    float[] x = read(WavBytes.riff().fmt(WavBytes.PCM, 3, 44100, 16).data(data));
    assertArrayEquals(new float[] {300 / 32768f, -7 / 32768f}, x, 0);
  }

  @Test
  void extensible() throws IOException {
    WavBytes data = new WavBytes().u32(0x12345600, 0xffffff00L);
    byte[] file = WavBytes.riff().extensible(WavBytes.PCM, 1, 48000, 32, 24).data(data).bytes();
    WavAudio audio = WavReader.read(new ByteArrayInputStream(file), "x");
    assertEquals(24, audio.format().validBits());
    assertEquals(SampleEncoding.PCM_S32, audio.format().encoding());
    assertArrayEquals(new float[] {0x123456 / 8388608f, -1 / 8388608f}, audio.samples(), 0);
    float[] law =
        read(
            WavBytes.riff()
                .extensible(WavBytes.MU_LAW, 1, 8000, 8, 0)
                .data(new WavBytes().u8(0, 255)));
    assertArrayEquals(new float[] {-32124 / 32768f, 0}, law, 0);
  }

  @Test
  void headerFields() throws IOException {
    byte[] file =
        WavBytes.riff()
            .fmt(WavBytes.PCM, 2, 22050, 16)
            .chunk("LIST", new byte[10])
            .data(new WavBytes().zeros(40))
            .bytes();
    try (WavReader reader = WavReader.open(new ByteArrayInputStream(file), "x")) {
      WavFormat format = reader.format();
      assertEquals(new WavFormat(SampleEncoding.PCM_S16, 22050, 2, 16, 62, 10), format);
      assertEquals(4, format.blockAlign());
    }
    assertEquals(
        10 / 22050.0, WavReader.read(new ByteArrayInputStream(file), "x").seconds(), 1e-12);
  }

  @Test
  void fmtOf18BytesAndRf64() throws IOException {
    WavBytes fmt18 =
        WavBytes.riff().text("fmt ").u32(18).fields(WavBytes.FLOAT, 1, 8000, 4, 32).u16(0);
    assertArrayEquals(new float[] {0.5f}, read(fmt18.data(new WavBytes().f32(0.5f))), 0);
    for (String magic : new String[] {"RF64", "BW64"}) {
      WavBytes rf64 =
          WavBytes.head(magic, 0xffffffffL)
              .text("ds64")
              .u32(40)
              .u64(100, 4, 2)
              .u32(1)
              .text("JUNK")
              .u64(7)
              .fmt(WavBytes.PCM, 1, 16000, 16)
              .text("data")
              .u32(0xffffffffL)
              .u16(16384, -16384)
              .chunk("LIST", new byte[4]);
      assertArrayEquals(new float[] {0.5f, -0.5f}, read(rf64), 0, magic);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100, 4096, 9999, 50000})
  void blocksGiveTheSameAsOnePiece(int block) throws IOException {
    byte[] pcm = new byte[3 * 2 * 9999];
    new Random(1).nextBytes(pcm);
    byte[] file = WavBytes.riff().fmt(WavBytes.PCM, 2, 16000, 24).chunk("data", pcm).bytes();
    Path path = Files.write(folder.resolve("x.wav"), file);
    float[] whole = WavReader.read(path).samples();
    assertEquals(9999, whole.length);
    float[] parts = new float[9999 + block];
    try (WavReader reader = WavReader.open(new Trickle(file), "x")) {
      int n = 0;
      for (int got; (got = reader.read(parts, n, block)) >= 0; n += got) {
        assertEquals(n + got, reader.position());
      }
      assertEquals(9999, n);
      assertEquals(-1, reader.read(parts, 0, 1));
      assertEquals(0, reader.read(parts, 0, 0));
    }
    assertArrayEquals(whole, Arrays.copyOf(parts, 9999), 0);
  }

  @Test
  void emptyAudioAndBounds() throws IOException {
    assertEquals(0, read(WavBytes.pcm16().data(new WavBytes())).length);
    byte[] file = WavBytes.pcm16().data(new WavBytes().zeros(8)).bytes();
    WavReader reader = WavReader.open(new ByteArrayInputStream(file), "x");
    assertThrows(IndexOutOfBoundsException.class, () -> reader.read(new float[3], 1, 3));
    reader.close();
    reader.close();
    assertEquals(-1, reader.read(new float[3], 0, 3));
  }

  /** A stream that gives a few bytes at a time, as pipes do. */
  private static final class Trickle extends FilterInputStream {
    Trickle(byte[] bytes) {
      super((InputStream) new ByteArrayInputStream(bytes));
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
      return super.read(b, off, Math.min(len, 13));
    }
  }
}
