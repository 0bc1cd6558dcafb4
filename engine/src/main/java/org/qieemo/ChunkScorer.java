package org.qieemo;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.audio.FrontEnd;
import org.qieemo.model.EmotionLogits;
import org.qieemo.weights.ModelConfig;

/**
 * Encoders that stream: each frame passes the encoder once, with caches for the past, and spans
 * differ only in which frames the fusion and the head see. A span therefore also hears what the
 * encoder remembers from before it.
 */
final class ChunkScorer implements SpanScorer {
  /** Seconds of the past that are kept for a model that would see all of it. */
  private static final double HISTORY_SECONDS = 30;

  private final ModelConfig config;
  private final FrontEnd frontEnd;
  private final ModelCalls calls;
  private final FrameEncoder encoder;
  private final RowBuffer frames; // [P' || E'] per encoder frame
  private final int rate; // hops of 10 ms per encoder frame

  ChunkScorer(ModelConfig config, FrontEnd frontEnd, ModelCalls calls) {
    this.config = config;
    this.frontEnd = frontEnd;
    this.calls = calls;
    rate = config.subsampling().kind().rate();
    int history = (int) Math.ceil(HISTORY_SECONDS / config.frameSeconds());
    encoder = new FrameEncoder(config, calls, history);
    frames = new RowBuffer(2 * config.fusion().width());
  }

  @Override
  public void push(float[] features, boolean last) {
    frontEnd.normalize(features);
    encoder.push(features, last, frames::append);
  }

  private long begin(Span span) {
    return span.from() / rate;
  }

  /** One past the last encoder frame of a span, as if the audio ended with it. */
  private long end(Span span) {
    int samples = Math.toIntExact((span.to() - span.from()) * frontEnd.extractor().hop());
    int features = frontEnd.extractor().frames(samples);
    return begin(span) + config.subsampling().outputFrames(features);
  }

  @Override
  public boolean isReady(Span span) {
    return end(span) <= frames.end();
  }

  @Override
  public List<float[]> score(List<Span> spans) {
    List<float[]> stretches = new ArrayList<>();
    List<float[]> results = new ArrayList<>();
    for (Span span : spans) {
      long end = Math.min(Math.max(end(span), begin(span) + 1), frames.end());
      long begin = Math.max(frames.start(), Math.min(begin(span), end - 1));
      if (begin < end) {
        stretches.add(frames.copy(begin, end));
      }
      results.add(null);
    }
    if (stretches.isEmpty()) {
      return results;
    }
    EmotionLogits logits = calls.run((model, forward) -> model.classifyFrames(forward, stretches));
    // only before the first frame is a span without any, and then all are
    for (int i = 0; i < stretches.size(); i++) {
      results.set(i, logits.utterance(i));
    }
    return results;
  }

  @Override
  public void forgetBefore(long hop) {
    frames.dropBefore(hop / rate - 1);
  }

  @Override
  public void close() {
    encoder.close();
  }
}
