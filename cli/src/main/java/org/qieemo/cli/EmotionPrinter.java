package org.qieemo.cli;

import org.qieemo.Emotion;

/** Prints the results of {@code classify} as they come. */
interface EmotionPrinter {
  /** Before the first result. */
  void begin();

  /** One result. */
  void emotion(String file, Emotion emotion);

  /** One input that failed. */
  void failure(String file, String reason);

  /** Behind the last result. */
  void end();
}
