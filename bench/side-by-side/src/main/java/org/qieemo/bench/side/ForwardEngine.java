package org.qieemo.bench.side;

/** A loaded model: normalised features in, utterance logits out. For one thread at a time. */
interface ForwardEngine extends AutoCloseable {
  /**
   * Runs the model.
   *
   * @param features [T, F], row-major
   * @return logits [K]
   */
  float[] logits(float[] features);

  @Override
  void close();
}
