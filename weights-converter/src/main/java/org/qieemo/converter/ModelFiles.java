package org.qieemo.converter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.converter.container.Bundle;
import org.qieemo.converter.container.FolderBundle;
import org.qieemo.converter.container.TarBundle;
import org.qieemo.converter.family.Families;
import org.qieemo.converter.family.FusionReader;
import org.qieemo.converter.safetensors.SafetensorsReader;
import org.qieemo.converter.safetensors.ShardIndex;
import org.qieemo.converter.source.ByteSource;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.source.FileSource;
import org.qieemo.converter.text.Settings;
import org.qieemo.converter.text.Yaml;
import org.qieemo.converter.torch.TorchCheckpoint;

/** The files of a model: which of them is what. Not thread-safe. */
final class ModelFiles implements Closeable {
  private static final List<String> USUAL_WEIGHTS = List.of("final.pt", "model_weights.ckpt");
  private static final List<String> HEADS = List.of("head.pt", "head.safetensors");
  private static final String SAFETENSORS = ".safetensors";
  private static final String NEMO = ".nemo";

  private final Bundle bundle;
  private final Bundle fusion;
  private final String weights;
  private final ConvertOptions options;

  /**
   * Where the files are.
   *
   * @param bundle of the encoder
   * @param fusion of qieemo.json and the head: beside an archive, not in it
   */
  private ModelFiles(Bundle bundle, Bundle fusion, String weights, ConvertOptions options) {
    this.bundle = bundle;
    this.fusion = fusion;
    this.weights = weights;
    this.options = options;
  }

  /** Opens a folder or a file with what stands beside it. */
  static ModelFiles open(Path source, ConvertOptions options) throws IOException {
    boolean folder = Files.isDirectory(source);
    boolean nemo = !folder && source.toString().endsWith(NEMO);
    if (!folder) {
      FileSource.open(source).close(); // a regular file that can be read, or its own message
    }
    Bundle files = new FolderBundle(folder ? source : source.toAbsolutePath().getParent());
    Bundle bundle = nemo ? new TarBundle(source) : files;
    try {
      String weights = folder || nemo ? weights(bundle) : source.getFileName().toString();
      return new ModelFiles(bundle, files, weights, options);
    } catch (IOException e) {
      bundle.close();
      throw e;
    }
  }

  /** The one weight file of a folder. */
  private static String weights(Bundle bundle) throws IOException {
    List<String> torch = new ArrayList<>();
    List<String> safe = new ArrayList<>();
    List<String> indexes = new ArrayList<>();
    for (String file : bundle.files()) {
      if (USUAL_WEIGHTS.contains(file)) {
        return file;
      }
      if (file.endsWith(ShardIndex.SUFFIX)) {
        indexes.add(file);
      } else if (!HEADS.contains(file)) {
        (file.endsWith(SAFETENSORS) ? safe : torch).add(file);
      }
    }
    torch.removeIf(file -> !file.matches(".*\\.(pt|pth|ckpt)"));
    if (torch.isEmpty() && indexes.size() == 1) {
      return indexes.get(0);
    }
    List<String> candidates = torch.isEmpty() ? safe : torch;
    if (candidates.size() != 1) {
      String found = candidates.isEmpty() ? "none" : candidates + ": pass one of them";
      throw Converter.problem(
          bundle.name(),
          "expected one weight file (final.pt, model_weights.ckpt, ...), found " + found);
    }
    return candidates.get(0);
  }

  Bundle bundle() {
    return bundle;
  }

  Checkpoint checkpoint() throws IOException {
    return read(bundle, weights);
  }

  /** The tensors of the head's own file, or null if there is none. */
  Checkpoint headCheckpoint() throws IOException {
    for (String head : HEADS) {
      if (fusion.files().contains(head) && !head.equals(weights)) {
        return read(fusion, head);
      }
    }
    return null;
  }

  private static Checkpoint read(Bundle bundle, String file) throws IOException {
    if (file.endsWith(ShardIndex.SUFFIX)) {
      return ShardIndex.read(bundle, file);
    }
    ByteSource source = bundle.open(file);
    boolean safetensors = file.endsWith(SAFETENSORS);
    return safetensors ? SafetensorsReader.read(source) : TorchCheckpoint.read(source);
  }

  /** The encoder's configuration. */
  Settings encoderConfig() throws IOException {
    if (options.encoderConfig() != null) {
      return settings(readFile(options.encoderConfig()), options.encoderConfig().toString());
    }
    for (String file : Families.CONFIG_FILES) {
      if (bundle.files().contains(file)) {
        return settings(bundle.read(file), bundle.name() + "/" + file);
      }
    }
    throw Converter.problem(
        bundle.name(),
        "no encoder configuration: expected one of "
            + Families.CONFIG_FILES
            + ", or pass it with --config");
  }

  private static Settings settings(byte[] bytes, String name) throws IOException {
    return Settings.of(name, Yaml.parse(bytes, name));
  }

  /** The fusion's configuration, or null if there is none. */
  FusionReader fusionReader() throws IOException {
    if (options.fusionConfig() != null) {
      String name = options.fusionConfig().toString();
      return new FusionReader(readFile(options.fusionConfig()), name);
    }
    if (fusion.files().contains(FusionReader.FILE)) {
      String name = fusion.name() + "/" + FusionReader.FILE;
      return new FusionReader(fusion.read(FusionReader.FILE), name);
    }
    return null;
  }

  private static byte[] readFile(Path file) throws IOException {
    try (FileSource source = FileSource.open(file)) {
      return source.bytes(0, Math.min(source.size(), Bundle.MAX_TEXT), "the configuration").array();
    }
  }

  @Override
  public void close() throws IOException {
    bundle.close();
    fusion.close();
  }
}
