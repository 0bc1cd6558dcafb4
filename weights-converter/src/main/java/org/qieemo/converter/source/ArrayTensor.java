package org.qieemo.converter.source;

/**
 * A tensor in memory, such as the statistics of a CMVN file.
 *
 * @param values a vector
 */
public record ArrayTensor(float... values) implements SourceTensor {
  @Override
  public long[] shape() {
    return new long[] {values.length};
  }

  @Override
  public SourceType type() {
    return SourceType.F32;
  }

  @Override
  public float[] toFloats() {
    return values.clone();
  }
}
