package org.qieemo.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/** Standard output that remembers why it failed, which a PrintStream forgets. */
final class PipedOutput extends FilterOutputStream {
  private IOException failure;

  PipedOutput(OutputStream out) {
    super(out);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    try {
      out.write(bytes, offset, count);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** Why it failed; a reader that has seen enough (head, say) is no problem. */
  Optional<String> problem() {
    return Optional.ofNullable(failure)
        .map(e -> String.valueOf(e.getMessage()))
        .filter(m -> !m.toLowerCase(Locale.ROOT).contains("pipe"));
  }
}
