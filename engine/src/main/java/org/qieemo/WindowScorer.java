package org.qieemo;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.audio.FrontEnd;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.FeatureBatch;
import org.qieemo.weights.ModelConfig;

/**
 * Full-context encoders: each span passes the whole model, as if it had been cut out of the audio;
 * the filter bank is computed once for all of them, and spans run in batches.
 */
final class WindowScorer implements SpanScorer {
  /** Most spans in one run: more would take memory, not time. */
  private static final int BATCH = 8;

  private final FrontEnd frontEnd;
  private final ModelCalls calls;
  private final RowBuffer rows;
  private final int hop;
  private final int least;

  WindowScorer(ModelConfig config, FrontEnd frontEnd, ModelCalls calls) {
    this.frontEnd = frontEnd;
    this.calls = calls;
    rows = new RowBuffer(frontEnd.extractor().bins());
    hop = frontEnd.extractor().hop();
    least = config.subsampling().leastFrames();
  }

  @Override
  public void push(float[] features, boolean last) {
    rows.append(features);
  }

  /** One past the last feature frame of a span, as if the audio ended with it. */
  private long end(Span span) {
    int samples = Math.toIntExact((span.to() - span.from()) * hop);
    return span.from() + frontEnd.extractor().frames(samples);
  }

  @Override
  public boolean isReady(Span span) {
    return end(span) <= rows.end();
  }

  @Override
  public List<float[]> score(List<Span> spans) {
    List<float[]> results = new ArrayList<>();
    List<float[]> batch = new ArrayList<>();
    for (Span span : spans) {
      long end = Math.min(end(span), rows.end());
      long begin = Math.max(rows.start(), Math.min(span.from(), end - least));
      if (end - begin < least) {
        run(batch, results);
        results.add(null);
        continue;
      }
      float[] features = rows.copy(begin, end);
      frontEnd.normalize(features);
      batch.add(features);
      if (batch.size() == BATCH) {
        run(batch, results);
      }
    }
    run(batch, results);
    return results;
  }

  private void run(List<float[]> batch, List<float[]> results) {
    if (batch.isEmpty()) {
      return;
    }
    FeatureBatch features = new FeatureBatch(batch, frontEnd.extractor().bins());
    EmotionLogits logits = calls.run((model, forward) -> model.classify(forward, features));
    for (int i = 0; i < batch.size(); i++) {
      results.add(logits.utterance(i));
    }
    batch.clear();
  }

  @Override
  public void forgetBefore(long hop) {
    rows.dropBefore(hop - least);
  }

  @Override
  public void close() {}
}
