package org.qieemo.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import org.qieemo.AudioFormatException;

/**
 * Reads WAV files block by block in bounded memory, as mono samples: the mean of the channels.
 *
 * <p>Accepted: RIFF/WAVE, RF64 and BW64 with PCM of 8, 16, 24, 32 bits, float of 32, 64 bits, A-law
 * and mu-law, plain or EXTENSIBLE, 1 to 256 channels, 1000 to 768000 Hz. Integers are scaled to
 * [-1,1) by 2^(bits-1). Anything else is refused by an {@link AudioFormatException} that says where
 * and what to do. In particular:
 *
 * <ul>
 *   <li>A header whose data size is 0, 0xFFFFFFFF (ffmpeg's mark) or SoX's 0x7FFFF000, rounded down
 *       to frames, is a streamed one: its audio lasts to the end of the file, and an incomplete
 *       last frame is dropped. Only where another chunk visibly follows is a data chunk of size 0
 *       empty.
 *   <li>Any other file must hold all the bytes that it declares; a truncated one is an error that
 *       says how many are missing. The size in the RIFF header itself decides nothing.
 *   <li>A pad byte behind an odd chunk may be missing. A cut-off chunk behind the audio does no
 *       harm.
 *   <li>A second data or fmt chunk, a fmt chunk behind the data, a second RIFF header: errors.
 *   <li>Float samples that are NaN, infinite or above {@link Samples#MAX_MAGNITUDE} are errors.
 * </ul>
 *
 * <p>Confined to one thread. The caller closes it.
 */
public final class WavReader implements SampleSource {
  private static final int BLOCK_BYTES = 1 << 15;
  private static final int FIRST_SAMPLES = 1 << 14;

  /** {@link #read(Path)} may take this part of the heap for its samples. */
  private static final int HEAP_SHARE = 4;

  private final ByteSource in;
  private final WavHeader header;
  private final WavFormat format;
  private final ChannelMixer mixer;
  private final byte[] block;
  private long bytesLeft;
  private long framesRead;
  private boolean ended;

  private WavReader(ByteSource in) throws AudioFormatException {
    this.in = in;
    header = WavHeader.read(in);
    format = header.format();
    mixer = new ChannelMixer(in, format.encoding(), format.channels());
    bytesLeft = header.dataBytes();
    block = new byte[Math.max(1, BLOCK_BYTES / format.blockAlign()) * format.blockAlign()];
  }

  /**
   * Opens a file and reads its header.
   *
   * @param path a regular file, or a link to one
   * @throws AudioFormatException not such a file, unreadable, damaged, unsupported or not WAV
   * @throws IOException closing it after such an error failed
   */
  public static WavReader open(Path path) throws IOException {
    requireRegular(path);
    FileChannel channel;
    long size;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      size = channel.size();
    } catch (FileSystemException e) {
      throw unreadable(path, e);
    } catch (ClosedByInterruptException e) {
      throw refuse(path, "cannot be read: the thread was interrupted");
    }
    return open(new ByteSource(Channels.newInputStream(channel), path.toString(), size));
  }

  /**
   * Opens a stream and reads its header.
   *
   * @param stream read from where it stands, buffered here; closed by {@link #close}, and by this
   *     method if it fails
   * @param name what errors call it
   * @throws AudioFormatException unreadable, damaged, unsupported or not WAV
   * @throws IOException closing it after such an error failed
   */
  public static WavReader open(InputStream stream, String name) throws IOException {
    return open(new ByteSource(stream, name, -1));
  }

  private static WavReader open(ByteSource source) throws IOException {
    try {
      return new WavReader(source);
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /**
   * Reads a whole file.
   *
   * @param path a regular file, or a link to one
   * @throws AudioFormatException as {@link #open(Path)} and {@link #read(float[], int, int)}, or
   *     the audio is too long for a quarter of the heap
   */
  public static WavAudio read(Path path) throws IOException {
    try (WavReader reader = open(path)) {
      return reader.readAll();
    }
  }

  /**
   * Reads a whole stream and closes it.
   *
   * @param stream read from where it stands
   * @param name what errors call it
   * @throws AudioFormatException as {@link #read(Path)}
   */
  public static WavAudio read(InputStream stream, String name) throws IOException {
    try (WavReader reader = open(stream, name)) {
      return reader.readAll();
    }
  }

  @Override
  public int sampleRate() {
    return format.sampleRate();
  }

  /** What the header says. */
  public WavFormat format() {
    return format;
  }

  /** Frames read so far. */
  public long position() {
    return framesRead;
  }

  /**
   * Reads the next frames as mono samples.
   *
   * @param mono receives the mean of the channels
   * @param offset where in {@code mono}
   * @param n how many frames
   * @return n, or less where the audio ends, or -1 when it has ended (and n is above 0)
   * @throws AudioFormatException the file is truncated, more audio follows its end, or a sample is
   *     not a number
   */
  @Override
  public int read(float[] mono, int offset, int n) throws AudioFormatException {
    Objects.checkFromIndexSize(offset, n, mono.length);
    int done = 0;
    while (done < n && !ended) {
      done += readBlock(mono, offset + done, n - done);
    }
    return done == 0 && n > 0 ? -1 : done;
  }

  private int readBlock(float[] mono, int offset, int n) throws AudioFormatException {
    if (bytesLeft == 0) {
      ended = true;
      header.trailer();
      return 0;
    }
    int align = format.blockAlign();
    int wanted = (int) Math.min(bytesLeft, Math.min((long) n * align, block.length));
    long at = in.offset();
    int found = in.read(block, 0, wanted);
    if (found < wanted) {
      ended = true;
      if (!header.streamed()) {
        throw header.missing(at + found, header.dataBytes(), bytesLeft - found);
      }
    }
    bytesLeft -= found;
    int frames = found / align;
    mixer.mix(block, frames, at, framesRead, mono, offset);
    framesRead += frames;
    return frames;
  }

  private WavAudio readAll() throws AudioFormatException {
    long most = Math.min(Runtime.getRuntime().maxMemory() / HEAP_SHARE / Float.BYTES, 1L << 30);
    if (format.frames() > most && in.sizeKnown()) {
      throw tooLong(most);
    }
    float[] samples = new float[FIRST_SAMPLES];
    int n = 0;
    while (true) {
      int got = read(samples, n, samples.length - n);
      n += Math.max(got, 0);
      if (n < samples.length) {
        return new WavAudio(Arrays.copyOf(samples, n), format);
      }
      if (n >= most) {
        throw tooLong(most);
      }
      samples = Arrays.copyOf(samples, (int) Math.min(2L * n, most));
    }
  }

  private AudioFormatException tooLong(long most) {
    return in.error(
        format.dataOffset(),
        "more than "
            + most
            + " samples do not fit a quarter of the heap: raise -Xmx, or read it"
            + " in blocks");
  }

  private static void requireRegular(Path path) throws AudioFormatException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    if (!attributes.isRegularFile()) {
      String what = attributes.isDirectory() ? "a directory" : "a device, pipe or socket";
      throw refuse(path, what + ", not a file");
    }
  }

  private static AudioFormatException unreadable(Path path, IOException e) {
    AudioFormatException refusal;
    if (e instanceof NoSuchFileException) {
      refusal = refuse(path, "no such file");
    } else if (e instanceof AccessDeniedException) {
      refusal = refuse(path, "permission denied");
    } else if (e instanceof FileSystemException f && f.getReason() != null) {
      refusal = refuse(path, "cannot be opened: " + f.getReason());
    } else {
      refusal = refuse(path, "cannot be opened: " + e.getMessage());
    }
    refusal.initCause(e);
    return refusal;
  }

  private static AudioFormatException refuse(Path path, String reason) {
    return new AudioFormatException(path.toString(), AudioFormatException.NO_OFFSET, reason);
  }

  /** Closes the file or stream; more often is harmless. */
  @Override
  public void close() throws IOException {
    ended = true;
    in.close();
  }
}
