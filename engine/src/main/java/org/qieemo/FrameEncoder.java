package org.qieemo;

import java.util.Arrays;
import org.qieemo.model.EncoderStream;
import org.qieemo.model.Forward;
import org.qieemo.weights.ModelConfig;

/**
 * The encoder of one stream. Where the back end may be given up, as many features are kept as the
 * encoder remembers frames: after a move, the encoder hears them again, and the stream goes on
 * without a gap. Confined to one thread.
 */
final class FrameEncoder implements AutoCloseable {
  private final ModelCalls calls;
  private final int rate; // feature frames per encoder frame
  private final int width; // of a frame [P' || E']
  private final int chunk; // encoder frames
  private final int history; // encoder frames
  private RowBuffer heard; // features [_, F] from a chunk's first frame on; null if none are kept
  private ForwardPool place; // where stream and forward are
  private Forward forward;
  private EncoderStream stream;
  private boolean moved; // which happens once
  private long given; // frames that the listener has got
  private long again; // frames that come once more after a move

  /**
   * Begins a stream.
   *
   * @param history most encoder frames of the past that are kept where the model sees all of them
   */
  FrameEncoder(ModelConfig config, ModelCalls calls, int history) {
    this.calls = calls;
    this.history = history;
    rate = config.subsampling().kind().rate();
    width = 2 * config.fusion().width();
    chunk = config.encoder().mask().chunk();
    heard = calls.mayMove() ? new RowBuffer(config.frontEnd().melBins()) : null;
    calls.on(
        now -> {
          open(now);
          return null;
        });
  }

  private void open(ForwardPool now) {
    close();
    place = now;
    forward = now.keep();
    stream = now.model().openStream(forward, history);
  }

  /**
   * Takes normalised features [n, F].
   *
   * @param last whether the stream ends with them
   * @param frames is told of each frame once
   */
  void push(float[] features, boolean last, EncoderStream.FrameListener frames) {
    if (heard != null) {
      heard.append(features);
    }
    calls.on(
        now -> {
          advance(now, features, last, frames);
          return null;
        });
    forget();
  }

  private void advance(
      ForwardPool now, float[] features, boolean last, EncoderStream.FrameListener frames) {
    float[] next = features;
    if (now != place) {
      open(now);
      next = heard.copy(heard.start(), heard.end());
      again = given - heard.start() / rate;
      moved = true;
    }
    stream.push(next, last, values -> give(values, frames));
  }

  private void give(float[] values, EncoderStream.FrameListener frames) {
    int count = values.length / width;
    int known = (int) Math.min(count, again);
    again -= known;
    given += count - known;
    if (known < count) {
      frames.onFrames(
          known == 0 ? values : Arrays.copyOfRange(values, known * width, values.length));
    }
  }

  private void forget() {
    if (moved) {
      heard = null;
    }
    if (heard != null) {
      heard.dropBefore(Math.max(0, given - history) / chunk * chunk * rate);
    }
  }

  @Override
  public void close() {
    if (place != null) {
      place.free(forward);
    }
  }
}
