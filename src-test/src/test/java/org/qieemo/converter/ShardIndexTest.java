package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.container.FolderBundle;
import org.qieemo.converter.safetensors.ShardIndex;
import org.qieemo.converter.source.SourceTensor;

/** Checkpoints in several safetensors files: the index may only name what stands beside it. */
class ShardIndexTest {
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path folder;

  @BeforeEach
  void shards() throws IOException {
    shard("a.safetensors", "x");
    shard("b.safetensors", "y");
  }

  private void shard(String file, String tensor) throws IOException {
    String header = "{\"" + tensor + "\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}";
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new Bytes().u64(json.length).raw(json).u8(3).u8(4).toArray();
    Files.write(folder.resolve(file), bytes);
  }

  private void index(String map) throws IOException {
    Files.writeString(
        folder.resolve(INDEX), "{\"metadata\":{\"total_size\":4},\"weight_map\":" + map + "}");
  }

  private void refused(String map, String reason) throws IOException {
    index(map);
    try (FolderBundle bundle = new FolderBundle(folder)) {
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> ShardIndex.read(bundle, INDEX));
      assertTrue(e.reason().contains(reason), e.getMessage());
    }
  }

  @Test
  void readsAllFiles() throws IOException {
    index("{\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"}");
    try (FolderBundle bundle = new FolderBundle(folder)) {
      var tensors = ShardIndex.read(bundle, INDEX).tensors();
      assertEquals("[x, y]", tensors.keySet().toString());
      for (SourceTensor tensor : tensors.values()) {
        assertArrayEquals(new float[] {3, 4}, tensor.toFloats());
      }
    }
  }

  @Test
  void filesElsewhereAreNotOpened() throws IOException {
    Path outside = folder.resolveSibling(folder.getFileName() + "-outside.safetensors");
    Files.copy(folder.resolve("a.safetensors"), outside);
    try {
      String beside = "does not stand beside the index";
      refused("{\"x\":\"../" + outside.getFileName() + "\"}", beside);
      refused("{\"x\":\"" + outside + "\"}", beside);
      refused("{\"x\":\"./a.safetensors\"}", beside);
      refused("{\"x\":\"a.safetensors\\u0000\"}", beside);
      refused("{\"x\":\"absent.safetensors\"}", beside);
      refused("{\"x\":7}", beside);
    } finally {
      Files.delete(outside);
    }
  }

  @Test
  void theIndexListsExactlyWhatIsThere() throws IOException {
    refused("{\"x\":\"a.safetensors\",\"y\":\"a.safetensors\"}", "tensor y is missing in");
    refused("{\"x\":\"a.safetensors\",\"z\":\"b.safetensors\"}", "lists tensor y of b.safetensors");
    refused("{\"x\":\"b.safetensors\"}", "lists tensor y of b.safetensors elsewhere");
    refused("{\"x\":\"" + INDEX + "\"}", "no safetensors file");
    refused("[]", "expected an object with a weight_map");
    refused("{\"x\":\"a.safetensors\",\"x\":\"a.safetensors\"}", "occurs twice");
  }
}
