package org.qieemo.converter;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How to convert.
 *
 * @param type how matrices are stored
 * @param config null, or a configuration that replaces the one beside the checkpoint: the encoder's
 *     if its name ends with {@code .yaml} or {@code .yml}, the fusion's ({@code qieemo.json}) if it
 *     ends with {@code .json}
 * @param frontEnd which front end the model gets
 */
public record ConvertOptions(WeightType type, Path config, FrontEndChoice frontEnd) {
  /** F32, everything as the files say. */
  public static final ConvertOptions DEFAULT =
      new ConvertOptions(WeightType.F32, null, FrontEndChoice.AUTO);

  /** Checks the configuration's name. */
  public ConvertOptions {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(frontEnd, "frontEnd");
    if (config != null && !isYaml(config) && !isJson(config)) {
      throw new IllegalArgumentException(
          config + ": expected a .yaml file (the encoder's) or a .json file (the fusion's)");
    }
  }

  private static boolean isYaml(Path file) {
    return file.toString().endsWith(".yaml") || file.toString().endsWith(".yml");
  }

  private static boolean isJson(Path file) {
    return file.toString().endsWith(".json");
  }

  /** The configuration that replaces the encoder's, or null. */
  Path encoderConfig() {
    return config != null && isYaml(config) ? config : null;
  }

  /** The configuration that replaces the fusion's, or null. */
  Path fusionConfig() {
    return config != null && isJson(config) ? config : null;
  }
}
