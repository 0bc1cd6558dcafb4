package org.qieemo.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes to a file from its channel's position on. Bytes that stand there already are compared, not
 * written, so that work that is done again can only continue what it once wrote.
 */
final class RepeatedOutput extends OutputStream {
  private final FileChannel channel;
  private final long end; // of what stood there in the beginning
  private boolean different;

  RepeatedOutput(FileChannel channel) throws IOException {
    this.channel = channel;
    end = channel.size();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    int old = (int) Math.max(0, Math.min(count, end - channel.position()));
    compare(ByteBuffer.wrap(bytes, offset, old));
    ByteBuffer rest = ByteBuffer.wrap(bytes, offset + old, count - old);
    long whole = channel.position();
    try {
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    } catch (IOException e) {
      cutOff(whole, e);
      throw e;
    }
  }

  /** A full disk leaves no piece of a line. */
  private void cutOff(long whole, IOException failure) {
    try {
      channel.truncate(whole);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void compare(ByteBuffer expected) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(expected.remaining());
    while (found.hasRemaining() && channel.read(found) >= 0) {}
    if (!found.flip().equals(expected)) {
      different = true;
      throw new IOException("different from what stands there");
    }
  }

  /** Whether something else stood there than was to be written. */
  boolean isDifferent() {
    return different;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
