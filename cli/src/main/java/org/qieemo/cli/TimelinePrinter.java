package org.qieemo.cli;

import org.qieemo.TimelineSegment;
import org.qieemo.Word;

/** Prints timelines as they become known. */
interface TimelinePrinter {
  /** Before the first file. */
  void begin();

  /** Before the first segment of a file. */
  void file(String file);

  /** The next segment of the file. */
  void segment(TimelineSegment segment);

  /** The next word of the file, behind all of its segments. */
  void word(Word word);

  /** Behind the last segment and word of the file. */
  void endFile(double seconds);

  /** Instead, for a file that failed, maybe behind some of its segments. */
  void failure(String reason);

  /** Behind the last file. */
  void end();
}
