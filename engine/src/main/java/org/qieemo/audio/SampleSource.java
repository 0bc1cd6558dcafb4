package org.qieemo.audio;

import java.io.IOException;

/** Mono samples that are read in blocks, from a file or as they arrive. Confined to one thread. */
public sealed interface SampleSource extends AutoCloseable permits WavReader, PcmReader {
  /** Hz. */
  int sampleRate();

  /**
   * Reads the next samples, waiting for them if need be.
   *
   * @param mono receives the mean of the channels
   * @param offset where in {@code mono}
   * @param n how many
   * @return n, or less where the audio ends, or -1 when it has ended (and n is above 0)
   * @throws IOException it cannot be read, or a sample is not a number
   */
  int read(float[] mono, int offset, int n) throws IOException;

  @Override
  void close() throws IOException;
}
