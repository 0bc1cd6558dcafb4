package org.qieemo.converter.family;

import java.io.IOException;
import org.qieemo.converter.text.Settings;

/** A family of encoders: what its configuration means, and what its tensors are called. */
public interface Family {
  /** Its name, for reports. */
  String name();

  /** Whether a configuration is one of this family. */
  boolean recognizes(Settings config);

  /**
   * What a configuration and its checkpoint describe.
   *
   * @throws org.qieemo.ModelFormatException naming key and value that cannot be converted
   */
  EncoderPlan plan(EncoderSource source) throws IOException;
}
