package org.qieemo.converter.safetensors;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.container.Bundle;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.converter.text.Json;

/**
 * Reads a checkpoint that is split into several safetensors files, which {@code
 * model.safetensors.index.json} lists: {@code {"weight_map": {tensor: file}}}. Stateless.
 */
public final class ShardIndex {
  /** How the names of index files end. */
  public static final String SUFFIX = ".safetensors.index.json";

  private static final String MAP = "weight_map";

  private ShardIndex() {}

  /**
   * Reads all tensors; they read from the bundle's files later on.
   *
   * @param bundle the folder of the index; a shard must be a file of it, by its plain name
   * @throws ModelFormatException if the index is damaged, names a file that is not beside it, or
   *     does not list exactly the tensors of its files
   */
  public static Checkpoint read(Bundle bundle, String index) throws IOException {
    String source = bundle.name() + "/" + index;
    if (!(Json.parse(bundle.read(index), source) instanceof Map<?, ?> document)
        || !(document.get(MAP) instanceof Map<?, ?> files)) {
      throw error(source, "expected an object with a " + MAP);
    }
    Set<String> shards = new LinkedHashSet<>();
    for (Object file : files.values()) {
      if (!(file instanceof String shard) || !bundle.files().contains(shard)) {
        throw error(source, "file '" + file + "' does not stand beside the index: put it there");
      }
      shards.add(shard);
    }
    Map<String, SourceTensor> tensors = new LinkedHashMap<>();
    for (String shard : shards) {
      Checkpoint part = SafetensorsReader.read(bundle.open(shard));
      for (Map.Entry<String, SourceTensor> tensor : part.tensors().entrySet()) {
        if (!shard.equals(files.get(tensor.getKey()))) {
          throw error(source, "lists tensor " + tensor.getKey() + " of " + shard + " elsewhere");
        }
        tensors.put(tensor.getKey(), tensor.getValue());
      }
    }
    for (Object name : files.keySet()) {
      if (!tensors.containsKey(name)) {
        throw error(source, "tensor " + name + " is missing in " + files.get(name));
      }
    }
    return new Checkpoint(source, tensors);
  }

  private static ModelFormatException error(String source, String reason) {
    return new ModelFormatException(source, ModelFormatException.NO_OFFSET, reason);
  }
}
