package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.converter.safetensors.SafetensorsReader;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.converter.torch.TorchCheckpoint;

/** Files that PyTorch wrote: views, tied tensors, every type, wrappings, the old format. */
class TorchCheckpointTest {
  @ParameterizedTest
  @ValueSource(strings = {"views.pt", "wrapped.pt", "legacy.pt", "views.safetensors"})
  void readsWhatPyTorchWrote(String file) throws IOException {
    ArraySource source = new ArraySource(TestFiles.read(file));
    Checkpoint checkpoint =
        file.endsWith(".pt") ? TorchCheckpoint.read(source) : SafetensorsReader.read(source);
    Map<String, SourceTensor> tensors = checkpoint.tensors();
    assertEquals(17, tensors.size());
    assertArrayEquals(new long[] {2, 3, 4}, tensors.get("plain").shape());
    assertArrayEquals(range(24), tensors.get("plain").toFloats());
    assertArrayEquals(range(24), tensors.get("tied").toFloats());
    float[] transposed = tensors.get("transposed").toFloats();
    for (int i = 0; i < 24; i++) {
      assertEquals(i % 4 * 6 + i / 4, transposed[i]);
    }
    assertArrayEquals(new float[] {5, 6, 7, 8, 9, 10}, tensors.get("offset").toFloats());
    assertArrayEquals(new float[] {0, 5, 10, 15, 20}, tensors.get("strided").toFloats());
    assertArrayEquals(new float[] {7}, tensors.get("scalar").toFloats());
    assertEquals(0, tensors.get("scalar").shape().length);
    assertEquals(0, tensors.get("empty").toFloats().length);
    assertArrayEquals(new float[] {1, -2}, tensors.get("parameter").toFloats());
  }

  @ParameterizedTest
  @ValueSource(strings = {"views.pt", "legacy.pt", "views.safetensors"})
  void readsEveryType(String file) throws IOException {
    ArraySource source = new ArraySource(TestFiles.read(file));
    Map<String, SourceTensor> tensors =
        (file.endsWith(".pt") ? TorchCheckpoint.read(source) : SafetensorsReader.read(source))
            .tensors();
    for (String type : "float64 float16 bfloat16 int64 int32 int16 int8 uint8".split(" ")) {

      assertArrayEquals(new float[] {0, 1, 100, 127}, tensors.get(type).toFloats(), type);
    }
    assertArrayEquals(new float[] {0, 1, 1, 0}, tensors.get("bool").toFloats());
  }

  @Test
  void oldFormatTruncatedEverywhere() throws IOException {
    Hostile.truncatedEverywhere(TorchCheckpoint::read, TestFiles.read("legacy.pt"));
  }

  @Test
  void oldFormatFlippedEverywhere() throws IOException {
    Hostile.flippedEverywhere(TorchCheckpoint::read, TestFiles.read("legacy.pt"));
  }

  private static float[] range(int n) {
    float[] range = new float[n];
    for (int i = 0; i < n; i++) {
      range[i] = i;
    }
    return range;
  }
}
