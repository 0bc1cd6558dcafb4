package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qieemo.ModelFormatException;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.EncoderConfig.ConvNorm;
import org.qieemo.weights.EncoderConfig.Position;
import org.qieemo.weights.FrontEndConfig;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;
import org.qieemo.weights.SubsamplingConfig;

/** torchaudio.models.Conformer, alone and inside other modules. */
class TorchaudioTest {
  private static final String YAML = "config.yaml";
  private static final String WEIGHTS = "conformer.pt";

  @TempDir Path temporary;

  private ModelFolder folder(String golden) throws IOException {
    return ModelFolder.copy(golden, temporary.resolve("model"));
  }

  private static String refused(ModelFolder folder) {
    return assertThrows(ModelFormatException.class, () -> folder.convert(WeightType.F32))
        .getMessage();
  }

  @Test
  void aloneWithBatchNorm() throws IOException {
    ConversionReport report = folder("torchaudio").convert(WeightType.F32);
    EncoderConfig encoder = report.config().encoder();
    assertEquals("torchaudio", report.family());
    assertEquals(SubsamplingConfig.Kind.IDENTITY, report.config().subsampling().kind());
    assertEquals(ConvNorm.BATCH_NORM, encoder.convolution().norm());
    assertFalse(encoder.convolution().first());
    assertEquals(Position.NONE, encoder.position());
    assertTrue(encoder.macaron() && !encoder.afterNorm() && !encoder.inputScale());
    assertEquals(16, report.config().frontEnd().melBins());
    assertEquals(FrontEndConfig.Kind.KALDI_FBANK, report.config().frontEnd().kind());
    assertTrue(report.frontEndReason().contains("--frontend"));
  }

  @Test
  void insideAnotherModuleWithGroupNormAndCtc() throws IOException {
    ModelFolder folder = folder("torchaudio-group-norm");
    ConversionReport report =
        folder.replace(YAML, "use_group_norm: true\n", "").convert(WeightType.F32);
    EncoderConfig.Convolution convolution = report.config().encoder().convolution();
    assertEquals(ConvNorm.GROUP_NORM, convolution.norm(), "the checkpoint tells");
    assertTrue(convolution.first());
    assertEquals(11, report.config().ctc().vocabulary());
    assertEquals(
        report.config(), ModelFile.of(GgufReader.read(report.output())).config(), "in the file");
  }

  @Test
  void stackedFrames() throws IOException {
    SubsamplingConfig subsampling =
        folder("torchaudio-time-reduction").convert(WeightType.F32).config().subsampling();
    assertEquals(SubsamplingConfig.Kind.STACK, subsampling.kind());
    assertEquals(4, subsampling.rate());
    assertEquals(4, subsampling.leastFrames());
    assertEquals(2, subsampling.outputFrames(11), "what is left is dropped");
  }

  @Test
  void queriesKeysAndValuesAreTakenApart() throws IOException {
    ModelFolder folder = folder("torchaudio");
    TorchWriter weights = folder.weights(WEIGHTS);
    float[] packed = weights.get("conformer_layers.1.self_attn.in_proj_weight");
    float[] bias = weights.get("conformer_layers.1.self_attn.in_proj_bias");
    ModelFile file = ModelFile.of(GgufReader.read(folder.convert(WeightType.F32).output()));
    List<String> parts = List.of("q", "k", "v");
    for (int i = 0; i < parts.size(); i++) {
      String name = "encoder.1.attn." + parts.get(i);
      assertArrayEquals(part(packed, i), file.tensor(name + ".weight").toFloats());
      assertArrayEquals(part(bias, i), file.tensor(name + ".bias").toFloats());
    }
  }

  private static float[] part(float[] packed, int i) {
    int size = packed.length / 3;
    return Arrays.copyOfRange(packed, i * size, (i + 1) * size);
  }

  @ParameterizedTest
  @CsvSource({
    "use_group_norm: false, use_group_norm: true, use_group_norm: the checkpoint has a batch norm",
    "convolution_first: false, convolutions_first: true, convolutions_first: unknown",
    "num_heads: 2, num_heads: 3, 16 is no multiple of encoder.head_count 3",
    "num_layers: 2, num_layers: 3, conformer_layers.2.",
    "ffn_dim: 24, ffn_dim: 32, 'expected shape [32, 16], found [24, 16]'",
    "input_dim: 16, input_dim: 80, 'expected shape [80]'",
    "depthwise_conv_kernel_size: 5, depthwise_conv_kernel_size: 4, must be odd",
    "ffn_dim: 24, 'ffn_dim: 24\ntime_reduction_stride: 4', 'time_reduction_stride: ''4'' is not'",
    "ffn_dim: 24, 'ffn_dim: 24\nnormalization: global', 'normalization: ''global'' is not'",
    "ffn_dim: 24, 'ffn_dim: 24\nctc: output', units.txt is missing",
    "ffn_dim: 24, 'ffn_dim: 24\ninput_linear: linear', tensor linear.weight is missing",
  })
  void mistakesAreNamed(String old, String other, String reason) throws IOException {
    String message = refused(folder("torchaudio").replace(YAML, old, other));
    assertTrue(message.contains(reason), message);
  }

  @Test
  void stacksThatDoNotFitAreNamed() throws IOException {
    ModelFolder folder =
        folder("torchaudio-time-reduction")
            .replace(YAML, "time_reduction_stride: 4", "time_reduction_stride: 3");
    assertTrue(
        refused(folder)
            .contains("3 does not divide the 40 columns of transcriber.input_linear.weight"));
    folder.replace(YAML, "time_reduction_stride: 3", "time_reduction_stride: 0");
    assertTrue(refused(folder).contains("subsampling.stride"));
  }

  @Test
  void otherCheckpointsAreNoConformer() throws IOException {
    ModelFolder folder = folder("torchaudio");
    Files.copy(
        ModelFolder.copy("espnet", temporary.resolve("other")).file("valid.acc.ave.pth"),
        temporary.resolve("model/other.pt"));
    Files.delete(folder.file(WEIGHTS));
    assertTrue(refused(folder).contains("expected one tensor conformer_layers.0.final_layer_norm"));
  }
}
