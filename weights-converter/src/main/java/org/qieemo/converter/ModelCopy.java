package org.qieemo.converter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.converter.gguf.GgufWriter;
import org.qieemo.kernels.HostTensor;
import org.qieemo.weights.GgufFile;
import org.qieemo.weights.Keys;
import org.qieemo.weights.TensorSpec;

/** Copies a model file with other metadata; its tensors stay as they are, byte for byte. */
public final class ModelCopy {
  private ModelCopy() {}

  /**
   * Writes a model with another temperature. Keys that the engine does not know stay. The file
   * appears under its name when it is complete, which may be that of the model itself.
   *
   * @return size in bytes
   * @throws IllegalArgumentException if the temperature is not above 0
   */
  public static long withTemperature(GgufFile model, float temperature, Path output)
      throws IOException {
    if (!(temperature > 0) || Float.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be above 0, found " + temperature);
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    model.metadata().values().forEach((key, value) -> metadata.put(key, stored(value)));
    metadata.remove(Keys.ALIGNMENT); // the writer's is the default
    metadata.put(Keys.TEMPERATURE, temperature);
    return write(metadata, model.tensors(), output);
  }

  private static long write(Map<String, Object> metadata, List<HostTensor> tensors, Path output)
      throws IOException {
    List<TensorSpec> specs =
        tensors.stream()
            .map(t -> new TensorSpec(t.name(), t.shape(), TensorSpec.Kind.MATRIX))
            .toList();
    try (GgufWriter writer = new GgufWriter(output, metadata, specs)) {
      for (HostTensor tensor : tensors) {
        writer.add(tensor);
      }
      return writer.finish();
    }
  }

  /** The reader widens numbers; this is the narrow type that a model file has them in. */
  private static Object stored(Object value) {
    if (value instanceof List<?> list) {
      List<?> narrow = list.stream().map(ModelCopy::stored).toList();
      boolean negative = list.stream().anyMatch(e -> e instanceof Long number && number < 0);
      boolean mixed = narrow.stream().map(Object::getClass).distinct().count() > 1;
      return negative || mixed ? list : narrow;
    }
    if (value instanceof Long number && number == number.intValue()) {
      return number.intValue();
    }
    if (value instanceof Double number && number == (double) number.floatValue()) {
      return number.floatValue();
    }
    return value;
  }
}
