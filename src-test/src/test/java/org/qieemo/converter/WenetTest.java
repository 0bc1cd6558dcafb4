package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qieemo.ModelFormatException;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.EncoderConfig.Position;
import org.qieemo.weights.FrontEndConfig.Kind;
import org.qieemo.weights.FrontEndConfig.Normalization;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/** Plain WeNet folders, without the reference's own keys. */
class WenetTest {
  private static final String PLAIN =
      """
      encoder: conformer
      input_dim: 24
      output_dim: 11
      cmvn_file: exp/data/global_cmvn
      is_json_cmvn: true
      encoder_conf:
        output_size: 16
        attention_heads: 2
        linear_units: 24
        num_blocks: 1
        cnn_module_kernel: 7
      ctc_conf:
        ctc_blank_id: 0
      """;

  @TempDir Path temporary;
  private ModelFolder folder;

  /** An encoder with as many channels as width, as WeNet has it. */
  @BeforeEach
  void plainFolder() throws IOException {
    folder = ModelFolder.copy("sub-channels-as-wide", temporary.resolve("model"));
    Files.delete(folder.file("qieemo.json"));
    folder.write("train.yaml", PLAIN);
  }

  private String refused() {
    return assertThrows(ModelFormatException.class, () -> folder.convert(WeightType.F32))
        .getMessage();
  }

  @Test
  void defaultsOfTrainYaml() throws IOException {
    ConversionReport report = folder.convert(WeightType.F32);
    EncoderConfig encoder = report.config().encoder();
    assertEquals("WeNet", report.family());
    assertEquals(Position.WENET, encoder.position());
    assertEquals(AttentionMask.FULL, encoder.mask());
    assertEquals(1e-5f, encoder.normEps());
    assertTrue(encoder.inputScale() && encoder.afterNorm() && encoder.macaron());
    assertEquals(Kind.KALDI_FBANK, report.config().frontEnd().kind());
    assertEquals(Normalization.GLOBAL, report.config().frontEnd().normalization());
    assertTrue(report.config().frontEnd().snipEdges());
    assertEquals(32768f, report.config().frontEnd().sampleScale());
    assertEquals(0, report.config().ctc().blank());
  }

  @Test
  void blocksDefaultToSix() throws IOException {
    folder.replace("train.yaml", "  num_blocks: 1\n", "");
    assertTrue(refused().contains("encoder.encoders.1."));
  }

  @ParameterizedTest
  @CsvSource({
    "activation_type, gelu",
    "pos_enc_layer_type, rope_pos",
    "cnn_module_norm, rms_norm",
    "input_layer, dwconv2d",
    "layer_norm_type, rms_norm",
    "mlp_type, moe",
    "concat_after, true",
    "key_bias, false",
    "selfattention_layer_type, rope_abs_selfattn",
  })
  void unsupportedOptionIsNamed(String key, String value) throws IOException {
    folder.replace(
        "train.yaml", "encoder_conf:\n", "encoder_conf:\n  " + key + ": " + value + "\n");
    String message = refused();
    assertTrue(message.contains("encoder_conf." + key) && message.contains(value), message);
  }

  @Test
  void otherEncodersAndFeaturesAreRefused() throws IOException {
    folder.write("train.yaml", PLAIN.replace("encoder: conformer", "encoder: squeezeformer"));
    assertTrue(refused().contains("encoder: 'squeezeformer'"));
    folder.write("train.yaml", PLAIN + "dataset_conf:\n  fbank_conf:\n    frame_shift: 20\n");
    assertTrue(refused().contains("dataset_conf.fbank_conf.frame_shift: '20'"));
    folder.write("train.yaml", PLAIN + "dataset_conf:\n  resample_conf: {resample_rate: 8000}\n");
    assertTrue(refused().contains("resample_rate: '8000'"));
    folder.write("train.yaml", "model: x\n");
    assertTrue(refused().contains("expected a WeNet train.yaml"));
  }

  @Test
  void statisticsFromFilesWhereTheCheckpointHasNone() throws IOException {
    TorchWriter weights = folder.weights("final.pt");
    weights.remove("encoder.global_cmvn.mean").remove("encoder.global_cmvn.istd");
    Files.write(folder.file("final.pt"), weights.build());
    assertTrue(refused().contains("cmvn_file: 'global_cmvn' is missing"));
    String sums = "2, ".repeat(23) + "2";
    String squares = "6, ".repeat(23) + "1";
    folder.write(
        "global_cmvn",
        "{\"mean_stat\":[" + sums + "],\"var_stat\":[" + squares + "],\"frame_num\":2}");
    checkStatistics();
    folder.write(
        "global_cmvn", "[ " + sums.replace(",", "") + " 2 " + squares.replace(",", "") + " 0 ]\n");
    checkStatistics();
    folder.write("global_cmvn", "[ 1 2 3 ]");
    assertTrue(refused().contains("expected '[ sums"));
    folder.write("train.yaml", PLAIN.replace("cmvn_file", "other_file"));
    assertEquals(
        Normalization.NONE, folder.convert(WeightType.F32).config().frontEnd().normalization());
  }

  private void checkStatistics() throws IOException {
    ModelFile file = ModelFile.of(GgufReader.read(folder.convert(WeightType.F32).output()));
    float[] istd = file.tensor("cmvn.istd").toFloats();
    assertEquals(1f, file.tensor("cmvn.mean").toFloats()[0]);
    assertEquals((float) (1 / Math.sqrt(2)), istd[0]);
    assertEquals(1e10f, istd[23], "variance is at least 1e-20");
  }

  @Test
  void buffersOfTheCheckpointOverrideTheFile() throws IOException {
    float[] mean = folder.weights("final.pt").get("encoder.global_cmvn.mean");
    folder.write("global_cmvn", "not read");
    ModelFile file = ModelFile.of(GgufReader.read(folder.convert(WeightType.F32).output()));
    assertArrayEquals(mean, file.tensor("cmvn.mean").toFloats());
  }

  @Test
  void unitsMustFitTheHead() throws IOException {
    folder.write("units.txt", "<blank> 0\na 1\n");
    assertTrue(refused().contains("no token for id 2; the CTC head has 11 rows"));
    folder.write("units.txt", "<blank> 0\na 0\n");
    assertTrue(refused().contains("line 2: id 0 occurs twice"));
    folder.write("units.txt", "blank\n");
    assertTrue(refused().contains("line 1: expected 'token id'"));
    Files.delete(folder.file("units.txt"));
    assertTrue(refused().contains("units.txt is missing"));
  }

  /** A tensor without elements may have any number of rows, and a token for none of them. */
  @Test
  void headOfTwoThousandMillionRowsTakesNoMemory() throws IOException {
    TorchWriter weights = folder.weights("final.pt");
    weights.remove("ctc.ctc_lo.weight").put("ctc.ctc_lo.weight", new long[] {2_000_000_000, 0});
    Files.write(folder.file("final.pt"), weights.build());
    assertTrue(refused().contains("no token for id 11; the CTC head has 2000000000 rows"));
    folder.write("units.txt", "<blank> 0\na 1\nb 1500000\n");
    assertTrue(refused().contains("no token for id 2; the CTC head has 2000000000 rows"));
  }

  @Test
  void statisticsOfMoreBinsThanThereAreAreRefused() throws IOException {
    TorchWriter weights = folder.weights("final.pt");
    weights.remove("encoder.global_cmvn.mean").remove("encoder.global_cmvn.istd");
    Files.write(folder.file("final.pt"), weights.build());
    for (String text : new String[] {"", "[", "[ ]", "[ 1 2 ]", "[ 1 1 1 0 ] 1", "1 1 1 0 ]"}) {
      folder.write("global_cmvn", text);
      assertTrue(refused().contains("expected '[ sums..."), text);
    }
    folder.write("global_cmvn", "[ " + "1 ".repeat(1_000_000) + "]");
    assertTrue(refused().contains("at most 1024 bins"));
    folder.write("global_cmvn", "[ 1 x 1 0 ]");
    assertTrue(refused().contains("expected a number, found 'x'"));
  }

  /** They are announced in a line, and looked for one by one. */
  @Test
  void aThousandBlocksOfOne() throws IOException {
    folder.replace("train.yaml", "num_blocks: 1\n", "num_blocks: 1000\n");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    refused(); // loads the classes
    long before = threads.getCurrentThreadAllocatedBytes();
    assertTrue(refused().contains("encoder.encoders.1."));
    long used = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(used < 2 << 20, used + " bytes allocated");
  }

  @Test
  void frontEndAskedFor() throws IOException {
    ConversionReport report =
        folder.convert(new ConvertOptions(WeightType.F32, null, FrontEndChoice.LOG_MEL));
    assertEquals(Kind.LOG_MEL, report.config().frontEnd().kind());
    assertEquals(1f, report.config().frontEnd().sampleScale());
    assertEquals("asked for", report.frontEndReason());
  }
}
