package org.qieemo.fuzz;

import java.util.Arrays;

/**
 * The bytes that the fuzzer makes: a first byte that says how to frame the rest, then the rest. An
 * even first byte means the file itself; an odd one a part of it, which the target frames with
 * lengths, counts and checksums that fit, so that mutations reach what lies behind them.
 */
final class Input {
  private final byte[] bytes;

  Input(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A file as it stands. */
  static byte[] file(byte[] file) {
    return with(0, file);
  }

  /** A part for a target to frame; {@code option} is free for the target, 0 to 127. */
  static byte[] part(int option, byte[] part) {
    return with(2 * option + 1, part);
  }

  private static byte[] with(int first, byte[] rest) {
    byte[] all = new byte[rest.length + 1];
    all[0] = (byte) first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  boolean isFile() {
    return bytes.length == 0 || (bytes[0] & 1) == 0;
  }

  int option() {
    return bytes.length == 0 ? 0 : (bytes[0] & 0xff) >> 1;
  }

  byte[] rest() {
    return bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
  }
}
