package org.qieemo.cli;

import java.io.IOException;

/** A command of the command line. Stateless. */
interface Command {
  /** All went well. */
  int OK = 0;

  /** Some input failed. */
  int FAILED = 1;

  /** The command line makes no sense. */
  int USAGE = 2;

  /** What it accepts. */
  CommandSpec spec();

  /**
   * Runs it.
   *
   * @return the exit code
   * @throws IOException for what stops the whole command; its message names the file
   * @throws UsageException for options that make no sense with one another or with the model
   */
  int run(Arguments arguments, Console console) throws IOException, UsageException;
}
