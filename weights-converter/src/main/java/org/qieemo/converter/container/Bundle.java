package org.qieemo.converter.container;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import org.qieemo.converter.source.ByteSource;

/** The files of a model, by plain name: a folder's, or an archive's. Not thread-safe. */
public interface Bundle extends Closeable {
  /** The folder or archive, for messages. */
  String name();

  /** The names of the files. */
  Set<String> files();

  /**
   * The bytes of one of {@link #files}; valid until {@link #close}.
   *
   * @throws IOException if it cannot be opened
   */
  ByteSource open(String file) throws IOException;

  /** All bytes of a small file, such as a configuration. */
  default byte[] read(String file) throws IOException {
    ByteSource source = open(file);
    if (source.size() > MAX_TEXT) {
      throw source.error(0, "a text of " + source.size() + " bytes: more than 64 MiB");
    }
    return source.bytes(0, source.size(), "the file").array();
  }

  /** Bytes of the largest text that is read. */
  long MAX_TEXT = 1L << 26;
}
