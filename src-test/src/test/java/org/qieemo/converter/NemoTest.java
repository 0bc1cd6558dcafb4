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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qieemo.ModelFormatException;
import org.qieemo.support.Repository;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.EncoderConfig.Position;
import org.qieemo.weights.FrontEndConfig.Kind;
import org.qieemo.weights.FrontEndConfig.Normalization;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/** NeMo: folders, archives, and the real pretrained model beside the checkout. */
class NemoTest {
  private static final String YAML = "model_config.yaml";

  @TempDir Path temporary;

  private ModelFolder folder() throws IOException {
    return ModelFolder.copy("nemo-encoder-only", temporary.resolve("model"));
  }

  private static String refused(ModelFolder folder) {
    return assertThrows(ModelFormatException.class, () -> folder.convert(WeightType.F32))
        .getMessage();
  }

  private ConversionReport convert(Path source) throws IOException {
    return Converter.convert(
        new ConversionRequest(source, temporary.resolve("m.gguf"), ConvertOptions.DEFAULT),
        ConversionListener.SILENT);
  }

  @Test
  void exportersFolderGetsKaldisFilterBank() throws IOException {
    ModelFolder folder = folder();
    Files.delete(folder.file("vocab.txt"));
    folder.write("tokens.txt", "a 0\nb 1\nc 2\nd 3\ne 4\nf 5\ng 6\nh 7\ni 8\nj 9\n<blk> 10\n");
    ConversionReport report = folder.convert(WeightType.F32);
    EncoderConfig encoder = report.config().encoder();
    assertEquals("NeMo", report.family());
    assertEquals(Position.RELATIVE, encoder.position());
    assertEquals(1e-5f, encoder.normEps());
    assertTrue(encoder.inputScale() && !encoder.afterNorm());
    assertEquals(Kind.KALDI_FBANK, report.config().frontEnd().kind());
    assertEquals(Normalization.PER_FEATURE_POPULATION, report.config().frontEnd().normalization());
    assertFalse(report.config().frontEnd().snipEdges());
    assertEquals(32768f, report.config().frontEnd().sampleScale());
    assertEquals(10, report.config().ctc().blank(), "the blank is the last");
    assertTrue(report.frontEndReason().contains("tokens.txt"));
  }

  @Test
  void archivesPlainAndCompressed() throws IOException {
    ModelFolder folder = folder();
    byte[] tar = archive(folder).build();
    Path plain = temporary.resolve("plain.nemo");
    Path packed = temporary.resolve("packed.nemo");
    Files.write(plain, tar);
    Files.write(packed, TarFixture.gzip(tar));
    ConversionReport report = convert(plain);
    assertEquals(Kind.LOG_MEL, report.config().frontEnd().kind());
    assertEquals(Normalization.PER_FEATURE, report.config().frontEnd().normalization());
    assertEquals(1f, report.config().frontEnd().sampleScale());
    assertEquals("<blk>", report.config().ctc().tokens().get(10));
    byte[] first = Files.readAllBytes(report.output());
    assertArrayEquals(first, Files.readAllBytes(convert(packed).output()));
  }

  private static TarFixture archive(ModelFolder folder) throws IOException {
    return new TarFixture()
        .add("./", "0", '5')
        .add("./" + YAML, Files.readAllBytes(folder.file(YAML)))
        .add("./model_weights.ckpt", Files.readAllBytes(folder.file("model_weights.ckpt")))
        .add("./12ab_vocab.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".getBytes());
  }

  @Test
  void headBesideAnArchive() throws IOException {
    ModelFolder folder = ModelFolder.copy("nemo", temporary.resolve("model"));
    Path archive = folder.file("model.nemo");
    Files.write(archive, archive(folder).build());
    ConversionReport report = convert(archive);
    assertEquals("golden-nemo", report.config().info().name());
    assertTrue(report.tensors().stream().anyMatch(t -> t.source().equals("qieemo.head.weight")));
  }

  @Test
  void hostileArchives() throws IOException {
    ModelFolder folder = folder();
    Path file = temporary.resolve("bad.nemo");
    refusedArchive(file, new byte[0], "truncated");
    refusedArchive(file, new byte[600], "expected one weight file");
    refusedArchive(file, "x".repeat(512).getBytes(), "damaged number");
    byte[] good = archive(folder).build();
    refusedArchive(file, Arrays.copyOf(good, 2000), "truncated");
    byte[] flipped = good.clone();
    flipped[600] ^= 1;
    refusedArchive(file, flipped, "no tar header, or a damaged one");
    refusedArchive(file, new TarFixture().add("../x", new byte[1]).build(), "unsafe name");
    refusedArchive(file, new TarFixture().add("/x", new byte[1]).build(), "unsafe name");
    byte[] twice = new TarFixture().add("a/x", new byte[1]).add("b/x", new byte[1]).build();
    refusedArchive(file, twice, "occurs twice");
    byte[] huge = new TarFixture().add("x", "77777777777", '0').build();
    refusedArchive(file, huge, "truncated");
    byte[] packed = TarFixture.gzip(good);
    refusedArchive(file, Arrays.copyOf(packed, packed.length / 2), "damaged gzip data");
    byte[] bomb = TarFixture.gzip(new byte[1 << 25]);
    refusedArchive(file, bomb, "unpacks to more than");
  }

  private void refusedArchive(Path file, byte[] bytes, String reason) throws IOException {
    Files.write(file, bytes);
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> convert(file));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @Test
  void tokensFromTheConfiguration() throws IOException {
    ModelFolder folder = folder();
    Files.delete(folder.file("vocab.txt"));
    assertTrue(refused(folder).contains("no tokens"));
    folder.write("vocab.txt", "a\nb\n");
    assertTrue(refused(folder).contains("3 tokens with the blank, but the CTC head has 11 rows"));
    folder.replace(
        YAML, "num_classes: 10", "num_classes: 10\n  vocabulary: [a,b,c,d,e,\n    f,g,h,i,j]");
    ConversionReport report = folder.convert(WeightType.F32);
    assertEquals("j", report.config().ctc().tokens().get(9));
    assertEquals(Kind.LOG_MEL, report.config().frontEnd().kind());
  }

  @ParameterizedTest
  @CsvSource({
    "subsampling: striding, subsampling: dw_striding",
    "subsampling_factor: 4, subsampling_factor: 8",
    "self_attention_model: rel_pos, self_attention_model: rel_pos_local_attn",
    "conv_norm_type: batch_norm, conv_norm_type: group_norm",
    "feat_out: -1, feat_out: 128",
    "normalize: per_feature, normalize: all_features",
    "window_stride: 0.01, window_stride: 0.02",
    "n_fft: 512, n_fft: 1024",
  })
  void unsupportedOptionIsNamed(String old, String other) throws IOException {
    ModelFolder folder = folder().replace(YAML, old, other);
    String[] pair = other.split(": ");
    String message = refused(folder);
    assertTrue(message.contains(pair[0]) && message.contains(pair[1]), message);
  }

  @Test
  void limitedContextIsRefused() throws IOException {
    ModelFolder folder = folder().replace(YAML, "  - -1\n  - -1\n", "  - 70\n  - 13\n");
    assertTrue(refused(folder).contains("encoder.att_context_size"));
  }

  @Test
  void pretrainedModel() throws IOException {
    Path model = Repository.sharedOrSkip("data/nemo-conformer-ctc-small");
    ConversionReport report = convert(model);
    ModelFile file = ModelFile.of(GgufReader.read(report.output()));
    assertEquals(16, file.config().encoder().blocks());
    assertEquals(1025, file.config().ctc().vocabulary());
    assertEquals(1024, file.config().ctc().blank());
    assertEquals(632, report.tensors().size());
    assertEquals(16, report.ignored().size());
  }
}
