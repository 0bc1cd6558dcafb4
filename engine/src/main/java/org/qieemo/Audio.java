package org.qieemo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.qieemo.audio.Samples;
import org.qieemo.audio.WavAudio;
import org.qieemo.audio.WavReader;

/**
 * Mono audio in memory. The samples are not copied: do not change them while the engine reads them.
 *
 * @param samples amplitudes, nominally in [-1, 1]
 * @param sampleRate Hz; any usual rate, the engine resamples
 */
public record Audio(float[] samples, int sampleRate) {
  /**
   * Checks the samples.
   *
   * @throws InvalidAudioException if a sample is NaN, infinite or beyond {@link
   *     Samples#MAX_MAGNITUDE}, or the rate is not 1000 to 768000
   */
  public Audio {
    if (sampleRate < 1000 || sampleRate > 768_000) {
      throw new InvalidAudioException("sample rate must be 1000 to 768000 Hz, found " + sampleRate);
    }
    Samples.requireUsable(samples);
  }

  /**
   * Reads a WAV file; several channels are mixed into one.
   *
   * @throws AudioFormatException if the file is no WAV that this engine reads
   * @throws IOException if the file cannot be read
   */
  public static Audio read(Path wav) throws IOException {
    WavAudio audio = WavReader.read(wav);
    return new Audio(audio.samples(), audio.sampleRate());
  }

  /**
   * Reads a WAV file from a stream, which is closed.
   *
   * @param name stands for the file in messages
   * @throws AudioFormatException as {@link #read(Path)}
   * @throws IOException if the stream cannot be read
   */
  public static Audio read(InputStream wav, String name) throws IOException {
    WavAudio audio = WavReader.read(wav, name);
    return new Audio(audio.samples(), audio.sampleRate());
  }

  /** Duration in seconds. */
  public double seconds() {
    return (double) samples.length / sampleRate;
  }
}
