package org.qieemo.converter.family;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.text.Json;
import org.qieemo.converter.text.Settings;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.FusionConfig.Calibration;
import org.qieemo.weights.FusionConfig.Cma;
import org.qieemo.weights.FusionConfig.CmaNorm;
import org.qieemo.weights.FusionConfig.CmaQuery;
import org.qieemo.weights.FusionConfig.Mmf;
import org.qieemo.weights.FusionConfig.PoolingConfig;
import org.qieemo.weights.FusionConfig.PoolingKind;
import org.qieemo.weights.FusionConfig.PpgForm;
import org.qieemo.weights.ModelInfo;

/** Reads {@code qieemo.json}, which describes the fusion. */
public final class FusionReader {
  /** Its usual name. */
  public static final String FILE = "qieemo.json";

  /** What its tensors' names start with in a checkpoint. */
  public static final String PREFIX = "qieemo.";

  private static final int DEFAULT_ATTENTION_WIDTH = 64;

  private final Settings json;

  /**
   * Parses a file.
   *
   * @throws ModelFormatException if it is not JSON, or no object
   */
  public FusionReader(byte[] bytes, String source) throws ModelFormatException {
    this.json = Settings.of(source, Json.parse(bytes, source));
  }

  /** Where the model comes from. */
  public ModelInfo info() throws ModelFormatException {
    return new ModelInfo(
        json.text("name", ""),
        json.text("license", ""),
        json.text("description", ""),
        json.text("author", ""));
  }

  /**
   * The fusion.
   *
   * @throws ModelFormatException naming the key that is missing or wrong
   * @throws IllegalArgumentException if values contradict each other
   */
  public FusionConfig fusion() throws ModelFormatException {
    Settings taps = known("taps", "blocks", "after_norm");
    Settings ppg = known("ppg", "form", "blank");
    return new FusionConfig(
        json.texts("labels"),
        json.integer("width"),
        new FusionConfig.Taps(taps.integers("blocks"), taps.flag("after_norm", false)),
        new FusionConfig.Ppg(ppg.constant("form", PpgForm.PROB), ppg.flag("blank", true)),
        known("mmf", "kind").constant("kind", Mmf.CONCAT),
        cma(known("cma", "query", "layers", "heads", "ffn_width", "norm")),
        pooling(known("pooling", "kind", "attention_width")),
        calibration(known("prior", "tau", "probabilities")));
  }

  /** A section without keys that nobody reads, such as misspelt ones. */
  private Settings known(String key, String... keys) throws ModelFormatException {
    Settings section = json.section(key);
    for (String found : section.keys()) {
      if (!List.of(keys).contains(found)) {
        throw section.error(found, "unknown, expected one of " + List.of(keys));
      }
    }
    return section;
  }

  private static Cma cma(Settings cma) throws ModelFormatException {
    CmaQuery query = cma.constant("query", CmaQuery.EMOTION);
    if (query == CmaQuery.OFF) {
      return Cma.NONE;
    }
    return new Cma(
        query,
        cma.integer("layers", 1),
        cma.integer("heads", 4),
        cma.integer("ffn_width"),
        cma.constant("norm", CmaNorm.POST));
  }

  private static PoolingConfig pooling(Settings pooling) throws ModelFormatException {
    PoolingKind kind = pooling.constant("kind", PoolingKind.MEAN_LOGIT);
    boolean attentive = kind == PoolingKind.ATTENTIVE;
    int width = attentive ? pooling.integer("attention_width", DEFAULT_ATTENTION_WIDTH) : 0;
    return new PoolingConfig(kind, width);
  }

  private Calibration calibration(Settings prior) throws ModelFormatException {
    List<Float> probabilities = new ArrayList<>();
    float tau = (float) prior.number("tau", 0);
    if (tau != 0) {
      for (double probability : prior.numbers("probabilities")) {
        probabilities.add((float) probability);
      }
    }
    return new Calibration((float) json.number("temperature", 1), tau, probabilities);
  }
}
