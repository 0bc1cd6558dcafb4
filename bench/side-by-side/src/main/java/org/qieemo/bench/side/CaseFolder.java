package org.qieemo.bench.side;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.qieemo.converter.text.Json;

/**
 * One model in every engine's format, as {@code export_onnx.py} wrote it.
 *
 * @param folder where its files lie
 * @param name the case
 * @param weights where its weights come from, in words
 * @param parameters how many
 * @param bins F, mel bins of the features
 * @param normalization of the features, as the model file calls it
 * @param labels K
 * @param temperature of the probabilities: softmax(logits / temperature)
 * @param flop a, b, c of a + b s + c s²: floating-point operations of a forward over s seconds
 * @param checkLogits [K], PyTorch's result for {@link #checkFeatures()}
 */
record CaseFolder(
    Path folder,
    String name,
    String weights,
    long parameters,
    int bins,
    String normalization,
    List<?> labels,
    double temperature,
    double[] flop,
    float[] checkLogits) {

  static CaseFolder read(Path folder) throws IOException {
    Path file = folder.resolve("case.json");
    Map<?, ?> json = (Map<?, ?>) Json.parse(Files.readAllBytes(file), file.toString());
    Map<?, ?> check = (Map<?, ?>) json.get("check");
    double[] logits = numbers(check.get("logits"));
    float[] expected = new float[logits.length];
    for (int k = 0; k < logits.length; k++) {
      expected[k] = (float) logits[k];
    }
    return new CaseFolder(
        folder,
        (String) json.get("name"),
        (String) json.get("weights"),
        ((Number) json.get("parameters")).longValue(),
        ((Number) json.get("bins")).intValue(),
        (String) json.get("normalization"),
        (List<?>) json.get("labels"),
        ((Number) json.get("temperature")).doubleValue(),
        numbers(json.get("flop")),
        expected);
  }

  private static double[] numbers(Object list) {
    return ((List<?>) list).stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
  }

  /** Little-endian float32 values of a file. */
  static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** Normalised features [T, F] that PyTorch has judged. */
  float[] checkFeatures() throws IOException {
    return floats(folder.resolve("check.features.f32"));
  }

  /** One of the model's forms. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /** Floating-point operations of a forward, without position projections. */
  double flop(int seconds) {
    return flop[0] + flop[1] * seconds + flop[2] * seconds * seconds;
  }
}
