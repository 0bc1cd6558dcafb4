package org.qieemo.audio;

/**
 * What a WAV file's header says.
 *
 * @param encoding how each sample is stored
 * @param sampleRate Hz, 1000 to 768000
 * @param channels 1 to 256
 * @param validBits bits of a sample that carry signal; below the container's size for EXTENSIBLE
 *     files such as 24 in 32. Such samples are left-justified, so decoding does not need it
 * @param dataOffset byte offset of the first sample in the file
 * @param frames samples per channel that the header declares, or {@link #UNKNOWN} for a streamed
 *     header, whose audio lasts to the end of the file
 */
public record WavFormat(
    SampleEncoding encoding,
    int sampleRate,
    int channels,
    int validBits,
    long dataOffset,
    long frames) {
  /** The number of frames of a streamed file. */
  public static final long UNKNOWN = -1;

  /** Bytes of one frame: a sample of every channel. */
  public int blockAlign() {
    return channels * encoding.bytes();
  }
}
