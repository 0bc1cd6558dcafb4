package org.qieemo.converter;

/** Hears how a conversion proceeds, on the thread that converts. */
@FunctionalInterface
public interface ConversionListener {
  /** Hears nothing. */
  ConversionListener SILENT = (tensor, done, total) -> {};

  /** A tensor was written, the {@code done}-th of {@code total}. */
  void written(ConversionReport.Tensor tensor, int done, int total);
}
