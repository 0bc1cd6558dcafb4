package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.qieemo.audio.WavReader;

/**
 * The outline of a recording: the least and the greatest sample of each of at most {@value
 * #COLUMNS} columns, in memory that does not grow with it.
 */
final class Waveform {
  static final int COLUMNS = 2048;
  private static final int BLOCK = 1 << 15;

  private final float[] least = new float[COLUMNS];
  private final float[] greatest = new float[COLUMNS];
  private long perColumn = 1;
  private long samples;

  /** Reads a WAV file. */
  static Waveform of(Path wav) throws IOException {
    Waveform waveform = new Waveform();
    try (WavReader reader = WavReader.open(wav)) {
      float[] block = new float[BLOCK];
      for (int n = reader.read(block, 0, BLOCK); n > 0; n = reader.read(block, 0, BLOCK)) {
        for (int i = 0; i < n; i++) {
          waveform.add(block[i]);
        }
      }
    }
    return waveform;
  }

  void add(float sample) {
    if (samples == perColumn * COLUMNS) {
      halve();
    }
    int column = (int) (samples / perColumn);
    boolean first = samples % perColumn == 0;
    least[column] = first ? sample : Math.min(least[column], sample);
    greatest[column] = first ? sample : Math.max(greatest[column], sample);
    samples++;
  }

  /** Two columns become one. */
  private void halve() {
    for (int c = 0; c < COLUMNS / 2; c++) {
      least[c] = Math.min(least[2 * c], least[2 * c + 1]);
      greatest[c] = Math.max(greatest[2 * c], greatest[2 * c + 1]);
    }
    perColumn *= 2;
  }

  /** Columns that hold samples. */
  int columns() {
    return (int) ((samples + perColumn - 1) / perColumn);
  }

  /** Where a column begins, as a part of the whole. */
  double begin(int column) {
    return Math.min(1, (double) column * perColumn / samples);
  }

  float least(int column) {
    return least[column];
  }

  float greatest(int column) {
    return greatest[column];
  }

  /** The loudest sample's magnitude. */
  float peak() {
    float peak = 0;
    for (int c = 0; c < columns(); c++) {
      peak = Math.max(peak, Math.max(-least[c], greatest[c]));
    }
    return peak;
  }
}
