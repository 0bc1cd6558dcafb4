package org.qieemo;

import java.util.List;

/** Hears emotion in stretches of a stream of features. Confined to one thread. */
interface SpanScorer extends AutoCloseable {
  /**
   * Takes features before normalisation [n, F].
   *
   * @param last whether the stream ends with them
   */
  void push(float[] features, boolean last);

  /** Whether all that a span needs has arrived. */
  boolean isReady(Span span);

  /**
   * Logits [K] of each span; all spans are ready, or the stream has ended. A span that is too short
   * for the model is extended into the past; its result is null where even that is too short.
   */
  List<float[]> score(List<Span> spans);

  /** Promises that no later span begins before {@code hop}. */
  void forgetBefore(long hop);

  @Override
  void close();
}
