package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.Audio;

/** Inputs one after the other, in order; one that fails does not stop the others. */
final class Batch {
  private Batch() {}

  /** What happens with each input. */
  interface Work {
    /** One input that was read. */
    void on(String file, Audio audio) throws IOException;

    /** One input that failed. */
    void failed(String file, String reason);
  }

  /** What happens with each input that is read bit by bit. */
  interface PathWork {
    /** One input. */
    void on(String file) throws IOException;
  }

  /** Is told of each input that failed. */
  interface Failed {
    /** One input, maybe behind some of its results. */
    void failed(String file, String reason);
  }

  /**
   * Goes through the inputs, each read as a whole.
   *
   * @return the exit code
   */
  static int run(List<String> files, Console console, Work work) {
    return runPaths(files, console, file -> work.on(file, Audio.read(Path.of(file))), work::failed);
  }

  /**
   * Goes through the inputs.
   *
   * @return the exit code
   */
  static int runPaths(List<String> files, Console console, PathWork work, Failed failed) {
    int code = Command.OK;
    for (String file : files) {
      try {
        work.on(file);
      } catch (OutputException e) {
        throw e;
      } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
        code = Command.FAILED;
        failed.failed(file, Text.oneLine(Failures.reason(e)));
        console.trace(e);
      }
    }
    return code;
  }
}
