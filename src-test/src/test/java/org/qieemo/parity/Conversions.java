package org.qieemo.parity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.converter.FrontEndChoice;
import org.qieemo.converter.WeightType;

/** Converts checkpoints for tests. */
final class Conversions {
  private Conversions() {}

  /** Converts to F32 and returns the target. */
  static Path toGguf(Path source, Path target) throws IOException {
    return toGguf(source, target, "f32");
  }

  /** Converts to a type and returns the target. */
  static Path toGguf(Path source, Path target, String type) throws IOException {
    WeightType weightType = WeightType.valueOf(type.toUpperCase(Locale.ROOT));
    ConvertOptions options = new ConvertOptions(weightType, null, FrontEndChoice.AUTO);
    Converter.convert(new ConversionRequest(source, target, options), ConversionListener.SILENT);
    return target;
  }
}
