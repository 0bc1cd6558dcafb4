package org.qieemo.converter.source;

import org.qieemo.ModelFormatException;

/** A place in a file that an exception can point at. */
@FunctionalInterface
public interface Place {
  /** An exception about this place. */
  ModelFormatException error(String reason);
}
