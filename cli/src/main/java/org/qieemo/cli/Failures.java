package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.qieemo.FormatException;
import org.qieemo.InvalidAudioException;
import org.qieemo.UnsupportedByModelException;
import org.qieemo.kernels.BackendException;

/** What a failure is in one line. */
final class Failures {
  private Failures() {}

  /** One line with the file's name in front. */
  static String line(String file, Throwable failure) {
    return Text.oneLine(file + ": " + reason(failure));
  }

  /** One line without the file's name. */
  static String reason(Throwable failure) {
    if (failure instanceof FormatException e) {
      return e.offset() < 0 ? e.reason() : "at byte " + e.offset() + ": " + e.reason();
    }
    if (failure instanceof IOException e) {
      return ofFile(e);
    }
    if (failure instanceof InvalidPathException e) {
      return "no file name on this system (" + e.getReason() + "); is the locale UTF-8?";
    }
    if (failure instanceof OutOfMemoryError) {
      return "does not fit the Java heap: raise it with -Xmx, such as QIEEMO_JAVA_OPTS=-Xmx4g";
    }
    return expected(failure) ? String.valueOf(failure.getMessage()) : internal(failure);
  }

  /** Whether the message is meant for users; anything else is a bug. */
  private static boolean expected(Throwable failure) {
    return failure instanceof InvalidAudioException
        || failure instanceof UnsupportedByModelException
        || failure instanceof BackendException;
  }

  /** A bug. */
  static String internal(Throwable failure) {
    return "internal error: " + failure + "; please report it, with the output of --debug";
  }

  private static String ofFile(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    if (failure instanceof FileSystemException e && e.getReason() != null) {
      return e.getReason();
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
