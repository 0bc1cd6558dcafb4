package org.qieemo.audio;

import org.qieemo.AudioFormatException;

/**
 * Turns interleaved frames into mono samples: the mean of the channels.
 *
 * @param in names the place of a bad sample
 * @param encoding how each sample is stored
 * @param channels interleaved
 */
record ChannelMixer(ByteSource in, SampleEncoding encoding, int channels) {
  /** Bytes of one frame. */
  int frameBytes() {
    return channels * encoding.bytes();
  }

  /**
   * Decodes the first frames of a block.
   *
   * @param at offset of the block in the input
   * @param before frames that went before it
   * @throws AudioFormatException a sample is not a number
   */
  void mix(byte[] block, int frames, long at, long before, float[] mono, int offset)
      throws AudioFormatException {
    int position = 0;
    for (int i = 0; i < frames; i++) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        double sample = encoding.decode(block, position);
        if (!Samples.usable(sample)) {
          String what = "sample " + (before + i) + " of channel " + c + " ";
          throw in.error(at + position, what + Samples.complaint(sample));
        }
        sum += sample;
        position += encoding.bytes();
      }
      mono[offset + i] = (float) (sum / channels);
    }
  }
}
