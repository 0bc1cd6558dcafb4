package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.AudioFormatException;

/** Damaged and foreign files give a typed error that says why and where. */
class WavHostileTest {
  private static final String CONVERT = "convert it with: ffmpeg -i in -ar 16000 -ac 1 out.wav";
  private static final float[] HALF = {0.5f};

  private static AudioFormatException refused(byte[] file, String reason) {
    AudioFormatException e =
        assertThrows(AudioFormatException.class, () -> WavBytes.samples(file), reason);
    assertTrue(e.reason().contains(reason), () -> "expected '" + reason + "' in: " + e.reason());
    assertEquals("test.wav", e.source());
    assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
    return e;
  }

  private static void refused(byte[] file, long offset, String reason) {
    assertEquals(offset, refused(file, reason).offset(), reason);
  }

  private static WavBytes half() {
    return new WavBytes().u16(16384);
  }

  private static WavBytes fmt(int tag, int channels, long rate, int align, int bits) {
    return WavBytes.riff().text("fmt ").u32(16).fields(tag, channels, rate, align, bits);
  }

  @ParameterizedTest
  @CsvSource({
    "fLaC, FLAC audio",
    "OggS, Ogg audio",
    "ID3, MP3 audio",
    "xxxxftypM4A, MP4/M4A audio",
    "FORMxxxxAIFF, AIFF audio",
    "caff, Core Audio",
    ".snd, Sun AU",
    "#!AMR, AMR audio",
    "NIST_1A, NIST Sphere",
    "riff, Sony Wave64",
    "RIFX0000WAVE, big-endian WAV (RIFX)",
    "'\u001aE\u00df\u00a3', Matroska or WebM",
    "'\u00ff\u00fb\u0090d', MP3 or AAC audio",
    "'\u00ff\u00f1P\u0080', MP3 or AAC audio"
  })
  void case58And63ForeignAudioIsNamed(String head, String name) {
    byte[] file = Arrays.copyOf(head.getBytes(StandardCharsets.ISO_8859_1), 1000);
    assertTrue(refused(file, name).reason().endsWith(CONVERT));
  }

  @Test
  void case58ForeignFilesAreNamed() {
    refused(new byte[0], 0, "the file is empty");
    refused("version https://git-lfs.github.com/spec/v1\n".getBytes(), 0, "git lfs pull");
    refused("\n <!DOCTYPE html><html>".getBytes(), 0, "HTML or XML page");
    refused("PK\u0003\u0004....".getBytes(), 0, "compressed archive");
    refused(new byte[100], 0, "it begins with 00 00 00 00");
    refused("x".getBytes(), 0, "it begins with 78");
    refused(WavBytes.head("RIFF", 4).bytes(), 12, "ends before its data chunk");
    refused("RIFF0000AVI LIST".getBytes(), 8, "RIFF file of type 'AVI '");
  }

  /** Cut anywhere, a file is refused; only the cut right after the whole audio is none. */
  @Test
  void case58TruncatedAnywhere() {
    byte[] file = WavBytes.pcm16().chunk("LIST", new byte[5]).data(new WavBytes().zeros(6)).bytes();
    for (int n = 0; n < file.length; n++) {
      byte[] cut = Arrays.copyOf(file, n);
      AudioFormatException e =
          assertThrows(AudioFormatException.class, () -> WavBytes.samples(cut), "cut at " + n);
      assertTrue(e.offset() <= n, e.getMessage());
    }
    refused(Arrays.copyOf(file, 3), 0, "it begins with 52 49 46");
    refused(Arrays.copyOf(file, 9), 9, "ends inside its RIFF header, after 9 bytes");
    refused(Arrays.copyOf(file, 30), 30, "fmt chunk, 6 bytes are missing");
    refused(Arrays.copyOf(file, 46), 36, "chunk 'LIST' declares 5 bytes, 3 are missing");
    refused(Arrays.copyOf(file, 52), 52, "ends before its data chunk");
    int data = file.length - 6;
    refused(Arrays.copyOf(file, data + 2), data + 2, "truncated: 4 of 6 bytes of audio");
    refused(Arrays.copyOf(file, data + 5), data + 5, "truncated: 1 of 6 bytes of audio");
  }

  @Test
  void case59FmtMissingTwiceOrLate() {
    WavBytes none = WavBytes.riff().data(half());
    refused(none.bytes(), 12, "no fmt chunk before the data chunk");
    WavBytes late = WavBytes.riff().data(half()).fmt(WavBytes.PCM, 1, 16000, 16);
    refused(late.bytes(), 12, "no fmt chunk before the data chunk");
    WavBytes twice = WavBytes.pcm16().fmt(WavBytes.PCM, 1, 16000, 16).data(half());
    refused(twice.bytes(), 36, "second fmt chunk");
    WavBytes after = WavBytes.pcm16().data(half()).fmt(WavBytes.PCM, 1, 16000, 16);
    refused(after.bytes(), 46, "fmt chunk behind the data chunk");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 14, 15, 17, 65554, 0x7fffffffL, 0xffffffffL})
  void case59FmtSize(long size) {
    WavBytes file = WavBytes.riff().text("fmt ").u32(size).fields(1, 1, 16000, 2, 16);
    refused(file.zeros(4).data(half()).bytes(), 12, "fmt chunk of " + size + " bytes, expected 16");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 16000, 0, 16, 22, '0 channels, expected 1 to 256'",
    "1, 257, 16000, 514, 16, 22, '257 channels'",
    "1, 65535, 16000, 65535, 8, 22, '65535 channels'",
    "1, 1, 0, 2, 16, 24, 'sample rate 0 Hz, expected 1000 to 768000'",
    "1, 1, 999, 2, 16, 24, 'sample rate 999 Hz'",
    "1, 1, 768001, 2, 16, 24, 'sample rate 768001 Hz'",
    "1, 1, 4294967295, 2, 16, 24, 'sample rate 4294967295 Hz'",
    "1, 1, 16000, 0, 16, 32, 'block align 0, expected 2'",
    "1, 2, 16000, 2, 16, 32, 'block align 2, expected 4'",
    "1, 1, 16000, 2, 0, 34, 'unsupported: 0 bits per sample of PCM (format tag 0x0001)'",
    "1, 1, 16000, 1, 7, 34, 'unsupported: 7 bits per sample of PCM'",
    "1, 1, 16000, 5, 33, 34, 'unsupported: 33 bits per sample of PCM'",
    "1, 1, 16000, 8, 64, 34, 'unsupported: 64 bits per sample of PCM'",
    "1, 1, 16000, 2, 65535, 34, 'unsupported: 65535 bits per sample of PCM'",
    "3, 1, 16000, 2, 16, 34, 'unsupported: 16 bits per sample of float'",
    "7, 1, 16000, 2, 16, 34, 'unsupported: 16 bits per sample of mu-law'",
    "2, 1, 16000, 256, 4, 20, 'unsupported: Microsoft ADPCM (format tag 0x0002)'",
    "17, 1, 16000, 256, 4, 20, 'unsupported: IMA ADPCM'",
    "49, 1, 16000, 65, 0, 20, 'unsupported: GSM 6.10'",
    "80, 1, 16000, 1, 0, 20, 'unsupported: MPEG audio'",
    "85, 1, 16000, 1, 0, 20, 'unsupported: MP3 in WAV (format tag 0x0055)'",
    "255, 1, 16000, 1, 0, 20, 'unsupported: AAC in WAV'",
    "353, 1, 16000, 1, 0, 20, 'unsupported: Windows Media Audio'",
    "0, 1, 16000, 2, 16, 20, 'unsupported: unknown encoding (format tag 0x0000)'"
  })
  void case60And61And63FmtFields(
      int tag, int channels, long rate, int align, int bits, long at, String reason) {
    AudioFormatException e =
        refused(fmt(tag, channels, rate, align, bits).data(half()).bytes(), reason);
    assertEquals(at, e.offset());
    assertEquals(reason.startsWith("unsupported"), e.reason().endsWith(CONVERT), e.reason());
  }

  @Test
  void case62Extensible() {
    WavBytes head = WavBytes.riff().text("fmt ");
    WavBytes small = head.u32(18).fields(0xfffe, 1, 16000, 2, 16).u16(22).data(half());
    refused(small.bytes(), 20, "EXTENSIBLE fmt chunk of 18 bytes, expected 40");
    byte[] good = WavBytes.riff().extensible(1, 1, 16000, 16, 16).data(half()).bytes();
    refused(patched(good, 36, 21), 36, "EXTENSIBLE extension of 21 bytes, expected 22");
    refused(patched(good, 38, 17), 38, "17 valid bits in a container of 16 bits");
    refused(patched(good, 44, 2), 20, "unsupported: Microsoft ADPCM");
    refused(
        patched(good, 53, 0xff),
        44,
        "unsupported: EXTENSIBLE subformat 010000000000100080ff00aa00389b71");
  }

  private static byte[] patched(byte[] file, int at, int value) {
    byte[] copy = file.clone();
    copy[at] = (byte) value;
    return copy;
  }

  @Test
  void case65StreamedHeadersLastToTheEnd() throws IOException {
    float[] two = {0.5f, -0.5f};
    for (long size : new long[] {0, 0xffffffffL, 0x7ffff000L}) {
      for (long riff : new long[] {0, 36, 0xffffffffL}) {
        WavBytes file = WavBytes.head("RIFF", riff).fmt(WavBytes.PCM, 1, 16000, 16);
        file.text("data").u32(size).u16(16384, -16384);
        assertArrayEquals(two, WavBytes.samples(file.unpatched()), 0);
        assertArrayEquals(two, WavBytes.samples(file.u8(1).unpatched()), 0, "odd byte dropped");
      }
    }
    WavBytes sox = WavBytes.head("RIFF", 0x7ffff024L).fmt(WavBytes.PCM, 1, 16000, 24);
    sox.text("data").u32(0x7ffff000L / 3 * 3).u8(0, 0, 0x40);
    assertArrayEquals(HALF, WavBytes.samples(sox.unpatched()), 0);
    byte[] none = WavBytes.head("RIFF", 36).fmt(1, 1, 16000, 16).text("data").u32(0).unpatched();
    assertEquals(0, WavBytes.samples(none).length);
  }

  @Test
  void case65EmptyDataChunkBeforeAnotherChunkIsEmpty() throws IOException {
    byte[] file = WavBytes.pcm16().data(new WavBytes()).chunk("LIST", new byte[20]).bytes();
    assertEquals(0, WavBytes.samples(file).length);
  }

  @Test
  void case65DataSize() {
    WavBytes more = WavBytes.pcm16().text("data").u32(1000).u16(1, 2, 3);
    refused(more.bytes(), 50, "truncated: 994 of 1000 bytes of audio are missing");
    WavBytes almost = WavBytes.pcm16().text("data").u32(0xfffffffeL).u16(1);
    refused(almost.bytes(), 46, "truncated: 4294967292 of 4294967294 bytes");
    WavBytes odd = WavBytes.pcm16().text("data").u32(3).u16(1, 2);
    refused(odd.bytes(), 36, "data chunk of 3 bytes is no whole number of 2-byte frames");
  }

  @Test
  void case66WhatFollowsTheAudio() throws IOException {
    refused(WavBytes.pcm16().data(half()).data(half()).bytes(), 46, "data chunk behind the data");
    byte[] good = WavBytes.pcm16().data(half()).bytes();
    refused(new WavBytes().raw(good).raw(good).bytes(), 46, "RIFF chunk behind the data chunk");
    WavBytes cut = WavBytes.pcm16().data(half()).text("LIST").u32(99).u8(1);
    assertArrayEquals(HALF, WavBytes.samples(cut.bytes()), 0);
    WavBytes stray = WavBytes.pcm16().data(half()).u8(1, 2, 3);
    assertArrayEquals(HALF, WavBytes.samples(stray.bytes()), 0);
    byte[] wrongRiffSize = patched(good, 4, 3);
    assertArrayEquals(HALF, WavBytes.samples(wrongRiffSize), 0);
  }

  @Test
  void case66OddChunksWithAndWithoutPad() throws IOException {
    byte[] odd = {1, 2, 3};
    WavBytes with = WavBytes.riff().chunk("odd ", odd).fmt(WavBytes.PCM, 1, 16000, 16);
    assertArrayEquals(HALF, WavBytes.samples(with.data(half()).bytes()), 0);
    WavBytes without = WavBytes.riff().text("odd ").u32(3).raw(odd).fmt(1, 1, 16000, 16);
    assertArrayEquals(HALF, WavBytes.samples(without.data(half()).bytes()), 0);
    WavBytes eight = WavBytes.riff().fmt(WavBytes.PCM, 1, 16000, 8).data(new WavBytes().u8(192));
    assertArrayEquals(HALF, WavBytes.samples(eight.chunk("LIST", odd).bytes()), 0);
    WavBytes unpadded = WavBytes.riff().fmt(WavBytes.PCM, 1, 16000, 8).text("data").u32(1).u8(192);
    refused(unpadded.data(half()).bytes(), 45, "data chunk behind the data chunk");
  }

  @Test
  void case66MillionTinyChunks() throws IOException {
    byte[] tiny = new WavBytes().text("tiny").u32(2).u16(7).bytes();
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    many.writeBytes(WavBytes.riff().unpatched());
    for (int i = 0; i < 1_000_000; i++) {
      many.writeBytes(tiny);
    }
    many.writeBytes(new WavBytes().fmt(WavBytes.PCM, 1, 16000, 16).data(half()).bytes());
    assertArrayEquals(HALF, WavBytes.samples(many.toByteArray()), 0);
  }

  @Test
  void case67Rf64() {
    byte[] good = rf64(28, 2, 0);
    refused(patched(good, 12, 'x'), 12, "RF64 needs a ds64 chunk first, found 'xs64'");
    refused(rf64(24, 2, 0), 12, "ds64 chunk of 24 bytes, at least 28 are needed");
    refused(rf64(28, 2, 1), 44, "ds64 table of 1 entries does not fit its chunk of 28");
    refused(rf64(28, 2, 0xffffffffL), 44, "ds64 table of 4294967295 entries");
    refused(rf64(28, -1, 0), 28, "ds64 data size 18446744073709551615 is impossible");
    refused(rf64(28, Long.MAX_VALUE - 1, 0), 82, "of 9223372036854775806 bytes of audio");
    refused(Arrays.copyOf(good, 30), 12, "chunk 'ds64' declares 28 bytes, 18 are missing");
    refused(Arrays.copyOf(good, 12), 12, "ends before its ds64 chunk");
    refused(WavBytes.head("BW64", 5).data(half()).bytes(), 12, "needs a ds64 chunk first");
  }

  private static byte[] rf64(int ds64Size, long dataSize, long entries) {
    WavBytes file = WavBytes.head("RF64", 0xffffffffL).text("ds64").u32(ds64Size);
    file.u64(0, dataSize, 1).u32(entries).fmt(WavBytes.PCM, 1, 16000, 16);
    return file.text("data").u32(0xffffffffL).u16(16384).bytes();
  }

  @Test
  void case64UnusableSamples() throws IOException {
    WavBytes mono = WavBytes.riff().fmt(WavBytes.FLOAT, 1, 16000, 32);
    refused(
        mono.data(new WavBytes().f32(0, 1, Float.NaN)).bytes(), 52, "sample 2 of channel 0 is NaN");
    WavBytes stereo = WavBytes.riff().fmt(WavBytes.FLOAT, 2, 16000, 64);
    WavBytes infinite = new WavBytes().f64(0, 0, 0, Double.NEGATIVE_INFINITY);
    refused(stereo.data(infinite).bytes(), 68, "sample 1 of channel 1 is infinite");
    WavBytes huge = WavBytes.riff().fmt(WavBytes.FLOAT, 1, 16000, 32);
    refused(
        huge.data(new WavBytes().f32(1e38f)).bytes(),
        44,
        "sample 0 of channel 0 is 1.0E38, beyond");
    WavBytes wide = WavBytes.riff().fmt(WavBytes.FLOAT, 1, 16000, 64);
    refused(wide.data(new WavBytes().f64(1e300)).bytes(), 44, "beyond +-1000000.0");
    WavBytes tiny = WavBytes.riff().fmt(WavBytes.FLOAT, 1, 16000, 64);
    assertArrayEquals(
        new float[] {0}, WavBytes.samples(tiny.data(new WavBytes().f64(1e-300)).bytes()), 0);
  }

  /** The meter's reading for five bytes of audio behind headers that promise gigabytes. */
  @ParameterizedTest
  @ValueSource(longs = {5, 0xffffffffL, 0xfffffffeL, 0x7ffff000L, 0x7fffffffL})
  void headersDoNotAllocate(long size) throws IOException {
    byte[] file = WavBytes.pcm16().text("data").u32(size).u8(1, 2, 3, 4, 5).bytes();
    byte[] big = rf64(28, 1L << 62, 0);
    readQuietly(file);
    long before = allocated();
    readQuietly(file);
    readQuietly(big);
    long used = allocated() - before;
    assertTrue(used < 1_000_000, "allocated " + used + " bytes");
  }

  private static void readQuietly(byte[] file) {
    try {
      WavBytes.samples(file);
    } catch (IOException expected) {
      assertTrue(expected instanceof AudioFormatException, expected.toString());
    }
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void readErrorsAreTyped() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk on fire");
          }
        };
    AudioFormatException e =
        assertThrows(AudioFormatException.class, () -> WavReader.read(broken, "b.wav"));
    assertEquals("b.wav: at byte 0: cannot be read: disk on fire", e.getMessage());
  }

  /** Random damage gives audio or a typed error, never anything else. */
  @Test
  void randomDamage() throws IOException {
    Random random = new Random(7);
    byte[][] seeds = {
      WavBytes.pcm16().chunk("LIST", new byte[7]).data(new WavBytes().zeros(60)).bytes(),
      WavBytes.riff().extensible(3, 2, 48000, 32, 32).data(new WavBytes().zeros(64)).bytes(),
      rf64(28, 2, 0)
    };
    for (int i = 0; i < 30_000; i++) {
      byte[] file = seeds[i % seeds.length].clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        file[random.nextInt(file.length)] = (byte) (random.nextBoolean() ? -1 : random.nextInt());
      }
      byte[] cut = Arrays.copyOf(file, file.length - random.nextInt(3) * random.nextInt(20));
      try (WavReader reader = WavReader.open(new ByteArrayInputStream(cut), "x")) {
        while (reader.read(new float[100], 0, 100) >= 0) {
          assertTrue(reader.position() <= cut.length);
        }
      } catch (AudioFormatException expected) {
        assertTrue(expected.offset() <= cut.length + 8, expected.getMessage());
      }
    }
  }
}
