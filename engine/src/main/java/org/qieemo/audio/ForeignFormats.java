package org.qieemo.audio;

import java.nio.charset.StandardCharsets;

/** Names files that are not WAV by their first bytes, and says what to do. Stateless. */
final class ForeignFormats {
  /** How to turn nearly any audio file into one that can be read. */
  static final String CONVERT = "convert it with: ffmpeg -i in -ar 16000 -ac 1 out.wav";

  /** How many first bytes help. */
  static final int HEAD = 64;

  private record Magic(int offset, String bytes, String what) {}

  private static final Magic[] AUDIO = {
    new Magic(0, "fLaC", "FLAC audio"),
    new Magic(0, "OggS", "Ogg audio (Vorbis or Opus)"),
    new Magic(0, "ID3", "MP3 audio (ID3 tag)"),
    new Magic(4, "ftyp", "MP4/M4A audio or video"),
    new Magic(0, "FORM", "AIFF audio"),
    new Magic(0, "caff", "Core Audio (CAF)"),
    new Magic(0, ".snd", "Sun AU audio"),
    new Magic(0, "#!AMR", "AMR audio"),
    new Magic(0, "NIST_1A", "NIST Sphere audio"),
    new Magic(0, "riff", "Sony Wave64 audio"),
    new Magic(0, "\u001aE\u00df\u00a3", "Matroska or WebM"),
    new Magic(0, "RIFX", "big-endian WAV (RIFX)"),
    new Magic(0, "FFIR", "big-endian WAV (FFIR)"),
  };

  private ForeignFormats() {}

  /**
   * The reason for refusing a file that does not begin with RIFF, RF64 or BW64.
   *
   * @param head the file's first bytes, at most {@link #HEAD}
   */
  static String reason(byte[] head) {
    if (head.length == 0) {
      return "the file is empty";
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    for (Magic magic : AUDIO) {
      if (text.startsWith(magic.bytes, magic.offset)) {
        return "not a WAV file but " + magic.what + ", " + CONVERT;
      }
    }
    if (mpegSync(head)) {
      return "not a WAV file but MP3 or AAC audio, " + CONVERT;
    }
    return other(text);
  }

  private static String other(String text) {
    if (text.startsWith("version https://git-lfs")) {
      return "not a WAV file but a Git LFS pointer, fetch the audio with: git lfs pull";
    }
    if (text.stripLeading().startsWith("<")) {
      return "not a WAV file but an HTML or XML page, download the audio again";
    }
    if (text.startsWith("PK\u0003\u0004") || text.startsWith("\u001f\u008b")) {
      return "not a WAV file but a compressed archive, unpack it first";
    }
    return "not a WAV file: it begins with " + hex(text) + "; if it is audio, " + CONVERT;
  }

  private static boolean mpegSync(byte[] head) {
    return head.length >= 2 && (head[0] & 0xff) == 0xff && (head[1] & 0xe0) == 0xe0;
  }

  private static String hex(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(4, text.length()); i++) {
      out.append(i == 0 ? "" : " ").append(String.format("%02x", (int) text.charAt(i)));
    }
    return out.toString();
  }
}
