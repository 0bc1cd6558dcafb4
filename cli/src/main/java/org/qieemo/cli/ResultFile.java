package org.qieemo.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file of a run over many files, one line per result, which a later run can continue. A line is
 * written in one piece as soon as it is known, so a killed run leaves whole lines and at most a
 * piece of one, which is cut off.
 */
final class ResultFile implements AutoCloseable {
  private final String name;
  private final FileChannel channel;
  private final RepeatedOutput repeated;
  private final PrintStream out;

  private ResultFile(String name, FileChannel channel) throws IOException {
    this.name = name;
    this.channel = channel;
    repeated = new RepeatedOutput(channel);
    out = new PrintStream(repeated, false, StandardCharsets.UTF_8);
  }

  /** Is told of the whole lines of an earlier run. */
  interface Lines {
    /**
     * The next line.
     *
     * @param number from 1
     * @param offset where it begins, in bytes
     * @throws FileFailure if it does not belong here
     */
    void line(int number, long offset, String text) throws FileFailure;
  }

  /** Begins a file that must not exist. */
  static ResultFile create(String name) throws FileFailure {
    try {
      return new ResultFile(
          name,
          FileChannel.open(Path.of(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    } catch (FileAlreadyExistsException e) {
      throw new FileFailure(name + ": exists already: continue it with --resume, or delete it");
    } catch (IOException | RuntimeException e) {
      throw new FileFailure(name, e);
    }
  }

  /** Continues a file behind its last whole line, or begins it where it is absent. */
  static ResultFile resume(String name, Lines lines) throws FileFailure {
    try {
      Path path = Path.of(name);
      if (!Files.exists(path)) {
        return create(name);
      }
      if (!Files.isRegularFile(path)) {
        throw new FileFailure(name + ": is a folder or device; give the name of a file to write");
      }
      long end = read(path, lines);
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel.truncate(end).position(end);
      return new ResultFile(name, channel);
    } catch (FileFailure e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new FileFailure(name, e);
    }
  }

  /** Reads the whole lines; returns where they end. */
  private static long read(Path path, Lines lines) throws IOException {
    long end = 0;
    int number = 0;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          continue;
        }
        lines.line(++number, end, line.toString(StandardCharsets.UTF_8));
        end += line.size() + 1;
        line.reset();
      }
    }
    return end;
  }

  /**
   * Goes back: what is printed next must be what stands there already, byte for byte, up to the
   * end; only what follows is written.
   */
  void repeatFrom(long offset) throws IOException {
    channel.position(offset);
  }

  /**
   * Behind the last result.
   *
   * @throws FileFailure if more stands there than was printed again
   */
  void end() throws IOException {
    if (channel.position() < channel.size()) {
      throw different();
    }
  }

  /** Why an {@link OutputException} came. */
  FileFailure failure() {
    return repeated.isDifferent()
        ? different()
        : new FileFailure(name + ": takes no more: is the disk full?");
  }

  private FileFailure different() {
    return new FileFailure(
        Text.oneLine(name)
            + ": what was heard last comes out differently now (other model, options, kernels or"
            + " audio?): use the same as before, or delete it");
  }

  /** Where results are printed. */
  PrintStream out() {
    return out;
  }

  @Override
  public void close() {
    out.close();
  }
}
