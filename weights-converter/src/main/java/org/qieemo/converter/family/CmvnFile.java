package org.qieemo.converter.family;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.StringTokenizer;
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
  private static final int MAX_BINS = 1024;

  /** Behind all sums the frames, behind all squares a zero; the bracket counts too. */
  private static final int CLOSING = 3;

  private static final int MAX_NUMBERS = 2 * MAX_BINS + CLOSING;

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
    StringTokenizer words = new StringTokenizer(text);
    double[] numbers = new double[MAX_NUMBERS];
    int count = -1; // before the bracket
    boolean closed = false;
    while (words.hasMoreTokens() && !closed && count < MAX_NUMBERS) {
      String word = words.nextToken();
      closed = count >= 0 && word.equals("]");
      if (count >= 0 && count < MAX_NUMBERS && !closed) {
        numbers[count] = number(word, source);
      } else if (count < 0 && !word.equals("[")) {
        break;
      }
      count++;
    }
    int bins = (count - CLOSING) / 2;
    if (!closed || words.hasMoreTokens() || bins < 1 || count != 2 * bins + CLOSING) {
      throw TokenFile.error(
          source, "expected '[ sums... frames squares... 0 ]' of at most 1024 bins, or JSON");
    }
    double[] squares = Arrays.copyOfRange(numbers, bins + 1, 2 * bins + 1);
    return of(Arrays.copyOf(numbers, bins), squares, numbers[bins], source);
  }

  private static double number(String word, String source) throws ModelFormatException {
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw TokenFile.error(source, "expected a number, found '" + word + "'");
    }
  }

  private static CmvnFile of(double[] sums, double[] squares, double frames, String source)
      throws ModelFormatException {
    if (sums.length == 0 || sums.length != squares.length || !(frames > 0)) {
      throw TokenFile.error(
          source,
          sums.length + " sums, " + squares.length + " squares, " + frames + " frames: impossible");
    }
    float[] mean = new float[sums.length];
    float[] istd = new float[sums.length];
    for (int i = 0; i < mean.length; i++) {
      double m = sums[i] / frames;
      double variance = Math.max(squares[i] / frames - m * m, LEAST_VARIANCE);
      mean[i] = (float) m;
      istd[i] = (float) (1 / Math.sqrt(variance));
    }
    return new CmvnFile(new ArrayTensor(mean), new ArrayTensor(istd));
  }
}
