package org.qieemo.converter.family;

import java.util.List;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.text.Settings;

/** The families that can be converted. */
public final class Families {
  private static final List<Family> ALL =
      List.of(new NemoFamily(), new EspnetFamily(), new WenetFamily(), new TorchaudioFamily());

  /** Names that their configurations usually have. */
  public static final List<String> CONFIG_FILES =
      List.of("train.yaml", "model_config.yaml", "config.yaml");

  private Families() {}

  /**
   * The family of a configuration.
   *
   * @throws ModelFormatException if it is none of them
   */
  public static Family of(Settings config) throws ModelFormatException {
    for (Family family : ALL) {
      if (family.recognizes(config)) {
        return family;
      }
    }
    throw new ModelFormatException(
        config.source(),
        FormatException.NO_OFFSET,
        "expected a WeNet train.yaml, a NeMo model_config.yaml, an ESPnet config.yaml, or a"
            + " torchaudio Conformer's arguments in config.yaml, found the keys "
            + config.keys().stream().limit(8).toList());
  }
}
