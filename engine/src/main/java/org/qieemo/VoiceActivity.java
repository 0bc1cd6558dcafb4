package org.qieemo;

/**
 * Which hops of 10 ms are loud enough to be speech. Only as much as the planners still need is
 * kept. Confined to one thread.
 */
final class VoiceActivity {
  private final RowBuffer power = new RowBuffer(1); // mean square, full scale is 1
  private final float threshold;

  /**
   * Begins.
   *
   * @param silenceDb level in dB below which a hop is silent
   */
  VoiceActivity(double silenceDb) {
    threshold = (float) Math.pow(10, silenceDb / 10);
  }

  void push(float[] meanSquares) {
    power.append(meanSquares);
  }

  /** How many hops there have been. */
  long hops() {
    return power.end();
  }

  boolean isVoiced(long hop) {
    return power.get(hop) >= threshold;
  }

  /** Mean square of a hop. */
  float power(long hop) {
    return power.get(hop);
  }

  /** Voiced hops in a span. */
  int voiced(Span span) {
    int count = 0;
    for (long hop = span.from(); hop < span.to(); hop++) {
      count += isVoiced(hop) ? 1 : 0;
    }
    return count;
  }

  void forgetBefore(long hop) {
    power.dropBefore(hop);
  }
}
