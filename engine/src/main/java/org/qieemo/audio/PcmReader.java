package org.qieemo.audio;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads samples without any header, as a recorder writes them into a pipe. An incomplete last frame
 * is dropped. Confined to one thread.
 */
public final class PcmReader implements SampleSource {
  private final ByteSource in;
  private final ChannelMixer mixer;
  private final int sampleRate;
  private byte[] block = new byte[0];
  private long framesRead;
  private boolean ended;

  /**
   * Begins where the stream stands.
   *
   * @param stream buffered here; closed by {@link #close}
   * @param name what errors call it
   * @param sampleRate Hz, 1000 to 768000
   * @param channels 1 to 256, interleaved
   * @throws IllegalArgumentException a number is out of range
   */
  public PcmReader(
      InputStream stream, String name, SampleEncoding encoding, int sampleRate, int channels) {
    if (sampleRate < 1000 || sampleRate > 768_000 || channels < 1 || channels > 256) {
      throw new IllegalArgumentException(
          "no audio has " + sampleRate + " Hz and " + channels + " channels");
    }
    this.in = new ByteSource(stream, name, -1);
    this.mixer = new ChannelMixer(in, encoding, channels);
    this.sampleRate = sampleRate;
  }

  @Override
  public int sampleRate() {
    return sampleRate;
  }

  @Override
  public int read(float[] mono, int offset, int n) throws IOException {
    Objects.checkFromIndexSize(offset, n, mono.length);
    if (ended) {
      return n > 0 ? -1 : 0;
    }
    int bytes = Math.multiplyExact(n, mixer.frameBytes());
    block = block.length < bytes ? new byte[bytes] : block;
    long at = in.offset();
    int frames = in.read(block, 0, bytes) / mixer.frameBytes();
    ended = frames < n;
    mixer.mix(block, frames, at, framesRead, mono, offset);
    framesRead += frames;
    return frames == 0 && n > 0 ? -1 : frames;
  }

  @Override
  public void close() throws IOException {
    ended = true;
    in.close();
  }
}
