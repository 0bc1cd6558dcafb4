package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.audio.WavBytes;
import org.qieemo.audio.WavReader;

/**
 * WAV, RF64 and BW64; the part is a list of chunks, each a byte that picks its name, a byte that
 * says how many bytes it has, and those bytes. The option picks the head, and adds to one size.
 */
class WavFuzzTest {
  private static final String[] HEADS = {"RIFF", "RF64", "BW64"};
  private static final String[] NAMES = {"fmt ", "data", "ds64", "LIST", "fact", "RIFF"};

  static Stream<byte[]> seeds() {
    byte[] fmt = WavBytes.riff().fmt(WavBytes.PCM, 2, 48_000, 24).unpatched();
    byte[] wide = WavBytes.riff().extensible(WavBytes.FLOAT, 1, 16_000, 32, 32).unpatched();
    byte[] list = new WavBytes().u8(3, 4, 1, 2, 3, 4).u8(0, 16).unpatched();
    byte[] data = new WavBytes().u8(1, 12).zeros(12).unpatched();
    byte[] plain = joined(list, Arrays.copyOfRange(fmt, 20, fmt.length), data);
    byte[] ds64 = new WavBytes().u8(2, 28).u64(100, 12, 4).u32(0).unpatched();
    byte[] extensible =
        joined(ds64, new byte[] {0, 40}, Arrays.copyOfRange(wide, 20, wide.length), data);
    return Stream.of(
        Input.file(WavBytes.pcm16().data(new WavBytes().u16(1, 2, 3)).bytes()),
        Input.part(0, plain),
        Input.part(1, extensible),
        Input.part(2, extensible));
  }

  private static byte[] joined(byte[]... parts) {
    WavBytes all = new WavBytes();
    for (byte[] part : parts) {
      all.raw(part);
    }
    return all.unpatched();
  }

  @MethodSource("seeds")
  @FuzzTest
  void audio(byte[] bytes) {
    Input input = new Input(bytes);
    byte[] file = input.isFile() ? input.rest() : framed(input);
    Oracle.check(
        file.length, () -> WavReader.read(new ByteArrayInputStream(file), "fuzz.wav").samples());
  }

  private static byte[] framed(Input input) {
    int option = input.option();
    WavBytes file = WavBytes.head(HEADS[option % HEADS.length], 0xffffffffL);
    byte[] part = input.rest();
    int excess = option / HEADS.length; // 0: all sizes are right
    for (int at = 0; at + 2 <= part.length; ) {
      int size = Math.min(part[at + 1] & 0xff, part.length - at - 2);
      file.text(NAMES[(part[at] & 0xff) % NAMES.length]).u32(size + excess);
      file.raw(Arrays.copyOfRange(part, at + 2, at + 2 + size));
      at += 2 + size;
      excess = 0;
    }
    return file.unpatched();
  }
}
