package org.qieemo.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.converter.FrontEndChoice;
import org.qieemo.converter.WeightType;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.HostTensor;
import org.qieemo.support.Repository;

/** Cases 56 and 57 of the hostile inputs: models that contradict themselves. */
class ModelFileHostileTest {
  @TempDir static Path folder;
  private static GgufFile good;

  @BeforeAll
  static void convert() throws IOException {
    good = converted(WeightType.F32);
  }

  private static GgufFile converted(WeightType type) throws IOException {
    Path output = folder.resolve(type + ".gguf");
    ConvertOptions options = new ConvertOptions(type, null, FrontEndChoice.AUTO);
    Path source = Repository.goldens().resolve("wide");
    Converter.convert(new ConversionRequest(source, output, options), ConversionListener.SILENT);
    return GgufReader.read(output);
  }

  private static void refused(String key, Object value, String reason) {
    Map<String, Object> values = new LinkedHashMap<>(good.metadata().values());
    if (value == null) {
      values.remove(key);
    } else {
      values.put(key, value);
    }
    refused(new GgufFile(new Metadata("test", values), good.tensors()), reason);
  }

  private static void refused(GgufFile file, String reason) {
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> ModelFile.of(file));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  private static GgufFile with(GgufFile file, HostTensor changed) {
    List<HostTensor> tensors = new ArrayList<>(file.tensors());
    tensors.replaceAll(tensor -> tensor.name().equals(changed.name()) ? changed : tensor);
    return new GgufFile(file.metadata(), tensors);
  }

  private static HostTensor tensor(GgufFile file, String name) {
    return file.tensors().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "qieemo.encoder.head_count, 0, encoder.head_count must be",
    "qieemo.encoder.head_count, 7, no multiple",
    "qieemo.encoder.width, -1, encoder.width must be",
    "qieemo.encoder.width, 9223372036854775807, an integer of 32 bits",
    "qieemo.encoder.block_count, 0, block_count must be",
    "qieemo.encoder.block_count, 1000000000, block_count must be",
    "qieemo.encoder.conv_kernel, 4, must be odd",
    "qieemo.frontend.mel_bins, 1, too few",
    "qieemo.subsampling.channels, 0, channels must be",
    "qieemo.ctc.blank, 99999, ctc.blank must be",
    "qieemo.format_version, 2, convert the model again",
  })
  void case56ImpossibleNumbers(String key, long value, String reason) {
    refused(key, value, reason);
  }

  @Test
  void case56ImpossibleOrMissingValues() {
    refused(Keys.ARCHITECTURE, "llama", "expected 'qieemo'");
    refused(Keys.ARCHITECTURE, null, "missing");
    refused(Keys.WIDTH, "64", "expected an integer");
    refused(Keys.POSITION, "rope", "expected one of");
    refused(Keys.NORM_EPS, Double.NaN, "a finite float");
    refused(Keys.LABELS, List.of("a", "b"), "tensor head.weight: expected shape");
    refused(Keys.LABELS, List.of("a", "a", "b", "c"), "labels repeat");
    refused(Keys.CTC_TOKENS, List.of("a", "b", "c"), "expected shape");
    refused(Keys.TAPS_BLOCKS, List.of(99L), "taps.blocks must be");
  }

  @Test
  void case57ValuesThatAreNotFinite() throws IOException {
    HostTensor bias = tensor(good, "head.bias");
    float[] values = bias.toFloats();
    values[1] = Float.NaN;
    refused(
        with(good, HostTensor.of("head.bias", bias.shape(), values)),
        "tensor head.bias: element 1 is NaN or infinite");
    for (WeightType type : WeightType.values()) {
      GgufFile file = converted(type);
      HostTensor weight = tensor(file, "encoder.0.ffn.up.weight");
      byte[] bytes = new byte[weight.data().remaining()];
      weight.data().get(bytes);
      int width = weight.dtype() == DType.F32 ? 4 : 2;
      bytes[width - 1] = 0x7f;
      bytes[width - 2] = (byte) 0xc0;
      HostTensor bad =
          new HostTensor(weight.name(), weight.dtype(), weight.shape(), ByteBuffer.wrap(bytes));
      refused(with(file, bad), "is NaN or infinite");
    }
  }

  @Test
  void tensorsTooManyOrOfTheWrongType() {
    List<HostTensor> more = new ArrayList<>(good.tensors());
    more.add(HostTensor.of("extra", new int[] {1}, 1));
    refused(new GgufFile(good.metadata(), more), "extra has no place in the model");
    HostTensor bias = tensor(good, "head.bias");
    int n = bias.dim(0);
    HostTensor half =
        new HostTensor("head.bias", DType.F16, new int[] {n}, ByteBuffer.allocate(2 * n));
    refused(with(good, half), "expected F32, found F16");
    assertEquals(DType.F32, bias.dtype());
  }
}
