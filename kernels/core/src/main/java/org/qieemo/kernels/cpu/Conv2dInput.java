package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Segments;

/**
 * What a convolution sees: a tensor, or the result of the narrow convolution before it, of which
 * some frames are computed when they are asked for. Not thread-safe while it is placed.
 */
final class Conv2dInput {
  private final NarrowConv2dTask before;
  private boolean computed; // whether it is what before computes
  private CpuTensor x; // [frames * inputBins, inputChannels], null if computed
  private Conv2dGeometry geometry;
  private Segments frames;
  private int most; // frames that are asked for at once

  Conv2dInput(NarrowConv2dTask before) {
    this.before = before;
  }

  /** Takes it from a tensor. */
  void at(CpuTensor from, Conv2dGeometry of, Segments inFrames) {
    x = from;
    computed = false;
    geometry = of;
    frames = inFrames;
  }

  /**
   * Takes it from what {@link NarrowConv2dTask#place} has placed.
   *
   * @param framesAtOnce most that {@link #rows} will be asked for
   */
  void behind(Conv2dGeometry of, Segments inFrames, int framesAtOnce) {
    at(null, of, inFrames);
    computed = true;
    most = framesAtOnce;
  }

  /** Frames of a segment. */
  int length(int segment) {
    return frames.length(segment);
  }

  /**
   * Where the bins of a segment's frames lie, the first of frame 0 in row 0.
   *
   * @param from first frame that is asked for, cut to those that there are
   * @param to behind the last one, likewise
   */
  Rows rows(int segment, int from, int to, ThreadScratch scratch) {
    if (!computed) {
      return scratch.second().at(x, frames.start(segment) * geometry.inputBins());
    }
    int first = Math.max(0, from);
    int count = Math.min(frames.length(segment), to) - first;
    int channels = geometry.inputChannels();
    int frame = geometry.inputBins() * channels; // elements
    Arena.Place place = scratch.frames((long) most * frame);
    Rows result = scratch.result().at(place.array(), place.offset(), channels);
    before.frames(segment, first, count, result, scratch);
    return scratch.second().at(place.array(), place.offset() - first * frame, channels);
  }
}
