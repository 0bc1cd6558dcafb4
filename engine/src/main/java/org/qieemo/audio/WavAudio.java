package org.qieemo.audio;

/**
 * A whole WAV file in memory.
 *
 * @param samples [n], the mean of the channels, in [-1,1]; not copied
 * @param format the file's header
 */
public record WavAudio(float[] samples, WavFormat format) {
  /** Samples per second. */
  public int sampleRate() {
    return format.sampleRate();
  }

  /** Duration in seconds. */
  public double seconds() {
    return (double) samples.length / sampleRate();
  }
}
