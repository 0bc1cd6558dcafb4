package org.qieemo;

import java.io.IOException;
import java.io.InputStream;
import org.qieemo.weights.GgufFile;
import org.qieemo.weights.GgufReader;

/** The model file inside the engine's jar. */
public final class EmbeddedModel {
  private static final String RESOURCE = "embedded.gguf";

  private EmbeddedModel() {}

  /**
   * Reads it.
   *
   * @throws IOException if this build has none
   */
  public static GgufFile read() throws IOException {
    try (InputStream in = EmbeddedModel.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException("this build has no embedded model; give a model file");
      }
      return GgufReader.read(in, "embedded model");
    }
  }
}
