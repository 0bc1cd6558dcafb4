package org.qieemo.converter.family;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.ArrayTensor;
import org.qieemo.converter.text.Json;
import org.qieemo.converter.text.Settings;

/**
 * Global statistics of features: WeNet's JSON, or Kaldi's text.
 *
 * @param mean per bin
 * @param istd 1 / standard deviation, per bin
 */
record CmvnFile(ArrayTensor mean, ArrayTensor istd) {
  private static final double LEAST_VARIANCE = 1e-20;

  static CmvnFile read(byte[] bytes, String source) throws ModelFormatException {
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    return text.startsWith("{") ? json(bytes, source) : kaldi(text, source);
  }

  private static CmvnFile json(byte[] bytes, String source) throws ModelFormatException {
    Settings settings = Settings.of(source, Json.parse(bytes, source));
    return of(
        settings.numbers("mean_stat"),
        settings.numbers("var_stat"),
        settings.number("frame_num", 0),
        source);
  }

  /** {@code [ sums... frames squares... 0 ]}. */
  private static CmvnFile kaldi(String text, String source) throws ModelFormatException {
    String[] words = text.split("\\s+");
    int bins = (words.length - 4) / 2;
    if (bins < 1
        || words.length != 2 * bins + 4
        || !words[0].equals("[")
        || !words[words.length - 1].equals("]")) {
      throw TokenFile.error(source, "expected '[ sums... frames squares... 0 ]' or JSON");
    }
    List<Double> numbers = new ArrayList<>();
    for (int i = 1; i < words.length - 1; i++) {
      try {
        numbers.add(Double.valueOf(words[i]));
      } catch (NumberFormatException e) {
        throw TokenFile.error(source, "expected a number, found '" + words[i] + "'");
      }
    }
    List<Double> squares = numbers.subList(bins + 1, 2 * bins + 1);
    return of(numbers.subList(0, bins), squares, numbers.get(bins), source);
  }

  private static CmvnFile of(List<Double> sums, List<Double> squares, double frames, String source)
      throws ModelFormatException {
    if (sums.isEmpty() || sums.size() != squares.size() || !(frames > 0)) {
      throw TokenFile.error(
          source,
          sums.size() + " sums, " + squares.size() + " squares, " + frames + " frames: impossible");
    }
    float[] mean = new float[sums.size()];
    float[] istd = new float[sums.size()];
    for (int i = 0; i < mean.length; i++) {
      double m = sums.get(i) / frames;
      double variance = Math.max(squares.get(i) / frames - m * m, LEAST_VARIANCE);
      mean[i] = (float) m;
      istd[i] = (float) (1 / Math.sqrt(variance));
    }
    return new CmvnFile(new ArrayTensor(mean), new ArrayTensor(istd));
  }
}
