package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.Bytes;
import org.qieemo.converter.MemoryBundle;
import org.qieemo.converter.safetensors.ShardIndex;

/**
 * Several safetensors files and their index; the part is the index, a whole file the first shard.
 */
class ShardIndexFuzzTest {
  private static final String INDEX = "model.safetensors.index.json";
  private static final String GOOD =
      "{\"metadata\":{\"total_size\":4},\"weight_map\":{\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"}}";

  static Stream<byte[]> seeds() {
    return Stream.of(
        Input.file(shard("x")),
        Input.part(0, utf8(GOOD)),
        Input.part(0, utf8("{\"weight_map\":{\"x\":\"../a\",\"y\":7}}")),
        Input.part(0, utf8("{\"weight_map\":{\"y\":\"b.safetensors\"}}")));
  }

  @MethodSource("seeds")
  @FuzzTest
  void index(byte[] bytes) {
    Input input = new Input(bytes);
    byte[] index = input.isFile() ? utf8(GOOD) : input.rest();
    byte[] first = input.isFile() ? input.rest() : shard("x");
    byte[] second = shard("y");
    MemoryBundle bundle =
        new MemoryBundle(Map.of("a.safetensors", first, "b.safetensors", second, INDEX, index));
    int size = index.length + first.length + second.length;
    Tensors.read(Oracle.check(size, () -> ShardIndex.read(bundle, INDEX)), size);
  }

  private static byte[] shard(String tensor) {
    byte[] header =
        utf8("{\"" + tensor + "\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}");
    return new Bytes().u64(header.length).raw(header).u8(3).u8(4).toArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
