package org.qieemo.kernels.cpu;

/** Small buffers of one thread, reused for every item that the thread works on. Not thread-safe. */
public final class ThreadScratch {
  private static final int BUFFERS = 2;
  private static final int CHUNK = 256;

  private final CpuKernels kernels;
  private final Arena arena;
  private final Strip strip;
  private final Strip gates;
  private final Operand operand;
  private final float[] chunk0 = new float[CHUNK];
  private final float[] chunk1 = new float[CHUNK];
  private final Arena.Place line; // CHUNK values
  private final float[][] buffers = new float[BUFFERS][0];
  private final Rows first = new Rows();
  private final Rows second = new Rows();
  private final Rows third = new Rows();
  private final Rows result = new Rows();
  private final AttentionBlock attention;
  private final TileBlock tiles;
  private final PlacedKeys keys = new PlacedKeys();
  private Strip[] totals = new Strip[0];
  private Arena.Place frames = new Arena.Place(new float[0], 0);
  private long framesRoom; // elements
  private double[] sums = new double[0];

  /** Buffers that fit the kernels. */
  ThreadScratch(CpuKernels kernels, Arena arena) {
    this.kernels = kernels;
    this.arena = arena;
    strip = Strip.of(kernels, arena);
    gates = newStrip(kernels.stripRows());
    operand = new Operand(kernels);
    attention = new AttentionBlock(kernels, this);
    tiles = new TileBlock(kernels, this);
    line = arena.take(CHUNK);
  }

  /** A strip of this thread for {@code rows} rows, a multiple of every tile's. */
  Strip newStrip(int rows) {
    return strip.another(kernels, rows, arena);
  }

  /** Strip of a product. */
  Strip strip() {
    return strip;
  }

  /** Strip of the gates of a GLU. */
  Strip gates() {
    return gates;
  }

  /** Rows that several products share. */
  Operand operand() {
    return operand;
  }

  /** {@code count} strips that outlive {@link #strip()}, for sums over several products. */
  Strip[] totals(int count) {
    if (totals.length < count) {
      totals = new Strip[count];
      for (int i = 0; i < count; i++) {
        totals[i] = newStrip(kernels.stripRows());
      }
    }
    return totals;
  }

  /** Rows to point at the first input of the next call; the others likewise. */
  Rows first() {
    return first;
  }

  Rows second() {
    return second;
  }

  Rows third() {
    return third;
  }

  Rows result() {
    return result;
  }

  /** 256 values for the kernels to use within one call. */
  public float[] chunk0() {
    return chunk0;
  }

  /** Another 256 values. */
  public float[] chunk1() {
    return chunk1;
  }

  /** 256 more, which begin where the arena's places do. */
  public Arena.Place line() {
    return line;
  }

  AttentionBlock attention() {
    return attention;
  }

  PlacedKeys keys() {
    return keys;
  }

  TileBlock tiles() {
    return tiles;
  }

  /** Buffer {@code i} with room for {@code size} values, contents undefined. */
  float[] buffer(int i, long size) {
    if (buffers[i].length < size) {
      buffers[i] = new float[Math.toIntExact(size)];
    }
    return buffers[i];
  }

  /** Room for {@code size} values of frames on their way between two convolutions. */
  Arena.Place frames(long size) {
    if (framesRoom < size) {
      frames = arena.take(Math.toIntExact(size));
      framesRoom = size;
    }
    return frames;
  }

  /** Room for {@code size} doubles, contents undefined. */
  double[] sums(int size) {
    if (sums.length < size) {
      sums = new double[size];
    }
    return sums;
  }
}
