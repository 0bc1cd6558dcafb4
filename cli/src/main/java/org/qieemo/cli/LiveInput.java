package org.qieemo.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.qieemo.audio.PcmReader;
import org.qieemo.audio.SampleEncoding;
import org.qieemo.audio.SampleSource;
import org.qieemo.audio.WavReader;

/** Standard input as samples: a WAV stream where it begins like one, else raw PCM. */
final class LiveInput {
  /** What stands for standard input on the command line. */
  static final String OPERAND = "-";

  private static final String NAME = "standard input";
  private static final Map<String, SampleEncoding> ENCODINGS =
      Map.of(
          "u8", SampleEncoding.PCM_U8,
          "s16le", SampleEncoding.PCM_S16,
          "s24le", SampleEncoding.PCM_S24,
          "s32le", SampleEncoding.PCM_S32,
          "f32le", SampleEncoding.FLOAT_32,
          "alaw", SampleEncoding.A_LAW,
          "mulaw", SampleEncoding.MU_LAW);

  static final Option RATE =
      Option.number("--rate", "raw samples on standard input: Hz; default: 16000", 1000, 768_000);
  static final Option SAMPLE_FORMAT =
      Option.choice(
          "--sample-format",
          "F",
          "u8, s16le, s24le, s32le, f32le, alaw or mulaw; default: s16le",
          () -> List.of("u8", "s16le", "s24le", "s32le", "f32le", "alaw", "mulaw"));
  static final Option CHANNELS =
      Option.number("--channels", "interleaved, 1 to 256; default: 1", 1, 256);

  /** All of them. */
  static final List<Option> ALL = List.of(RATE, SAMPLE_FORMAT, CHANNELS);

  private LiveInput() {}

  /** Refuses them where standard input is not read. */
  static void refuse(Arguments arguments) throws UsageException {
    for (Option option : ALL) {
      if (arguments.has(option.name())) {
        throw new UsageException("option " + option.name() + " needs the operand '-'");
      }
    }
  }

  /** Opens it; with any of the options it is raw whatever it begins with. */
  static SampleSource open(InputStream in, Arguments arguments) throws IOException {
    boolean raw = ALL.stream().anyMatch(option -> arguments.has(option.name()));
    BufferedInputStream buffered = new BufferedInputStream(in);
    if (!raw && beginsLikeWav(buffered)) {
      return WavReader.open(buffered, NAME);
    }
    SampleEncoding encoding = ENCODINGS.get(arguments.get(SAMPLE_FORMAT.name(), "s16le"));
    int rate = Integer.parseInt(arguments.get(RATE.name(), "16000"));
    int channels = Integer.parseInt(arguments.get(CHANNELS.name(), "1"));
    return new PcmReader(buffered, NAME, encoding, rate, channels);
  }

  private static boolean beginsLikeWav(BufferedInputStream in) throws IOException {
    in.mark(4);
    StringBuilder begin = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      int next = in.read();
      begin.append(next < 0 ? ' ' : (char) next);
    }
    in.reset();
    return List.of("RIFF", "RF64", "BW64").contains(begin.toString());
  }
}
