package org.qieemo.weights;

import org.qieemo.kernels.Conv2dGeometry;

/**
 * How features [T, F] become encoder frames [T', d].
 *
 * @param kind which front end
 * @param channels C of the convolutions; 0 without any
 * @param stride feature frames per encoder frame of {@link Kind#STACK}; 0 for the others
 */
public record SubsamplingConfig(Kind kind, int channels, int stride) {

  /** Which front end, with the kernel and stride of each convolution. */
  public enum Kind {
    /** Nothing: the features are the encoder's input, d = F. */
    IDENTITY(0),
    /**
     * A linear layer over {@code stride} frames side by side; what is left at the end is dropped.
     */
    STACK(0),
    /** A linear layer per frame and a LayerNorm: T' = T. */
    LINEAR(0),
    /** Two 3/2 convolutions: a quarter of the frames. */
    CONV2D(0, 3, 2, 3, 2),
    /** 3/2, then 5/3: a sixth. */
    CONV2D6(0, 3, 2, 5, 3),
    /** Three 3/2 convolutions: an eighth. */
    CONV2D8(0, 3, 2, 3, 2, 3, 2),
    /** NeMo's: two 3/2 convolutions with padding 1, a quarter rounded up. */
    STRIDING(1, 3, 2, 3, 2);

    private final int padding;
    private final int[] kernelsAndStrides;

    Kind(int padding, int... kernelsAndStrides) {
      this.padding = padding;
      this.kernelsAndStrides = kernelsAndStrides;
    }

    /** Number of convolutions. */
    public int convolutions() {
      return kernelsAndStrides.length / 2;
    }

    /** Stride of convolution {@code i}. */
    public int stride(int i) {
      return kernelsAndStrides[2 * i + 1];
    }

    /** Kernel size of convolution {@code i}. */
    public int kernel(int i) {
      return kernelsAndStrides[2 * i];
    }
  }

  /** A front end that does not stack frames. */
  public SubsamplingConfig(Kind kind, int channels) {
    this(kind, channels, 0);
  }

  /** Checks channels and stride. */
  public SubsamplingConfig {
    Checks.range("subsampling.channels", channels, kind.convolutions() == 0 ? 0 : 1, 65_536);
    boolean stack = kind == Kind.STACK;
    Checks.range("subsampling.stride", stride, stack ? 1 : 0, stack ? 1024 : 0);
  }

  /** Feature frames per encoder frame. */
  public int rate() {
    int rate = kind == Kind.STACK ? stride : 1;
    for (int i = 0; i < kind.convolutions(); i++) {
      rate *= kind.stride(i);
    }
    return rate;
  }

  /** Frames before stage {@code i} from one frame behind it to the next. */
  public int stride(int i) {
    return kind == Kind.STACK ? stride : kind.stride(i);
  }

  /** How often the number of frames changes on the way. */
  public int stages() {
    return kind == Kind.STACK ? 1 : kind.convolutions();
  }

  /** Geometry of convolution {@code i} over {@code bins} frequency bins. */
  public Conv2dGeometry geometry(int i, int bins) {
    return new Conv2dGeometry(
        kind.kernel(i), kind.stride(i), kind.padding, i == 0 ? 1 : channels, channels, bins);
  }

  /** F', the frequency bins left of {@code melBins}. */
  public int outputBins(int melBins) {
    int bins = melBins;
    for (int i = 0; i < kind.convolutions(); i++) {
      bins = geometry(i, bins).outputBins();
    }
    return bins;
  }

  /** T', the encoder frames of {@code frames} feature frames; 0 if there are too few. */
  public int outputFrames(int frames) {
    int left = frames;
    for (int i = 0; i < stages(); i++) {
      left = outputFrames(i, left);
    }
    return left;
  }

  /** Frames behind stage {@code i} of {@code frames} before it. */
  public int outputFrames(int i, int frames) {
    if (kind == Kind.STACK) {
      return frames / stride;
    }
    int room = frames + 2 * kind.padding - kind.kernel(i);
    return Math.max(0, Math.floorDiv(room, kind.stride(i)) + 1);
  }

  /** The least number of feature frames that give an encoder frame. */
  public int leastFrames() {
    int frames = 1;
    while (outputFrames(frames) < 1) {
      frames++;
    }
    return frames;
  }
}
