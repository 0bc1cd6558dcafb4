package org.qieemo.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.qieemo.Audio;

/** What a report plays: the audio itself where it is short, else a link to its file. */
final class ReportAudio {
  /** Seconds up to which {@code auto} puts the audio into the page: about 8 MB at 16 kHz. */
  static final double LONGEST_EMBEDDED = 180;

  private static final int HEADER = 44;
  private static final float SCALE = 32_767;

  private ReportAudio() {}

  /**
   * The source of the player.
   *
   * @param mode auto, embed, link or none
   * @param page where the page will be
   * @return a URI, null for no audio
   */
  static String source(String mode, Path wav, double seconds, Path page) throws IOException {
    boolean embed = mode.equals("embed") || mode.equals("auto") && seconds <= LONGEST_EMBEDDED;
    if (mode.equals("none")) {
      return null;
    }
    return embed ? dataUri(Audio.read(wav)) : link(wav, page);
  }

  /** Mono, 16 bit, at the file's own rate: what every browser plays. */
  private static String dataUri(Audio audio) {
    int bytes = 2 * audio.samples().length;
    ByteBuffer wav = ByteBuffer.allocate(HEADER + bytes).order(ByteOrder.LITTLE_ENDIAN);
    wav.put(ascii("RIFF")).putInt(HEADER - 8 + bytes).put(ascii("WAVEfmt ")).putInt(16);
    wav.putShort((short) 1).putShort((short) 1).putInt(audio.sampleRate());
    wav.putInt(2 * audio.sampleRate()).putShort((short) 2).putShort((short) 16);
    wav.put(ascii("data")).putInt(bytes);
    for (float sample : audio.samples()) {
      wav.putShort((short) Math.round(SCALE * Math.max(-1, Math.min(1, sample))));
    }
    return "data:audio/wav;base64," + Base64.getEncoder().encodeToString(wav.array());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A link that also works after page and audio have moved together. */
  static String link(Path wav, Path page) {
    Path target = wav.toAbsolutePath().normalize();
    Path folder = page.toAbsolutePath().normalize().getParent();
    if (!target.getRoot().equals(folder.getRoot())) {
      return target.toUri().toString();
    }
    StringBuilder link = new StringBuilder(".");
    for (Path part : folder.relativize(target)) {
      link.append('/').append(encoded(part.toString()));
    }
    return link.toString();
  }

  private static String encoded(String part) {
    try {
      return new URI(null, null, "/" + part, null).toASCIIString().substring(1);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no link can be made to " + part, e);
    }
  }
}
