package org.qieemo.converter.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.qieemo.converter.source.ByteSource;

/** Guesses what a file is that is not what it should be, so that the message helps. Stateless. */
public final class Kinds {
  private static final int TAR_MAGIC_AT = 257;

  private Kinds() {}

  /** What the file seems to be, and what to do about it; one line. */
  public static String describe(ByteSource source) throws IOException {
    if (source.size() == 0) {
      return "the file is empty";
    }
    ByteBuffer bytes = source.bytes(0, Math.min(512, source.size()), "the first bytes");
    String head = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    String text = head.stripLeading().toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs")) {
      return "it is a Git LFS pointer, not the weights; fetch them with 'git lfs pull'";
    }
    if (text.startsWith("<!doctype") || text.startsWith("<html")) {
      return "it is an HTML page, not the weights; download them again";
    }
    if (head.startsWith("GGUF")) {
      return "it is a GGUF file, which needs no conversion";
    }
    if (head.startsWith("ustar", TAR_MAGIC_AT)) {
      return "it is a tar archive; pass a .nemo file, or unpack it";
    }
    if (head.startsWith("\u001f\u008b")) {
      return "it is gzip-compressed; unpack it";
    }
    if (head.charAt(0) == 0x80) {
      return "it is a bare pickle: unsupported, save model.state_dict() with torch.save";
    }
    return "expected what torch.save writes, found something else";
  }
}
