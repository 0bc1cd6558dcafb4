package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.ModelFormatException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.HostTensor;
import org.qieemo.support.Repository;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.Keys;
import org.qieemo.weights.ModelFile;
import org.qieemo.weights.TensorRegistry;
import org.qieemo.weights.TensorSpec;

/** Whole conversions: every golden model, every type, and what goes wrong. */
class ConverterTest {
  @TempDir Path temporary;

  static List<String> goldenModels() throws IOException {
    try (Stream<Path> folders = Files.list(Repository.goldens())) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("golden.safetensors")))
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private ModelFolder folder(String golden) throws IOException {
    return ModelFolder.copy(golden, temporary.resolve("model"));
  }

  private static String refused(ModelFolder folder) throws IOException {
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> folder.convert(WeightType.F32));
    assertFalse(e.getMessage().contains("\n"), "one line");
    try (Stream<Path> files = Files.list(folder.path())) {
      assertTrue(files.noneMatch(f -> f.toString().matches(".*(gguf|tmp)")), "nothing left behind");
    }
    return e.getMessage();
  }

  @ParameterizedTest
  @MethodSource("goldenModels")
  void everyGoldenModelConverts(String name) throws IOException {
    ConversionReport report = folder(name).convert(WeightType.F32);
    ModelFile file = ModelFile.of(GgufReader.read(report.output()));
    assertEquals(report.config(), file.config());
    assertEquals(TensorRegistry.of(file.config()).size(), report.tensors().size());
    assertTrue(report.ignored().stream().allMatch(n -> n.endsWith("num_batches_tracked")));
    assertEquals(Files.size(report.output()), report.bytes());
    assertEquals(
        Files.exists(report.output().resolveSibling("qieemo.json")),
        file.config().fusion() != null);
  }

  @ParameterizedTest
  @EnumSource(WeightType.class)
  void matricesAreStoredAsAskedAndVectorsInFull(WeightType type) throws IOException {
    ConversionReport report = folder("wide").convert(type);
    ModelFile file = ModelFile.of(GgufReader.read(report.output()));
    for (TensorSpec spec : TensorRegistry.of(file.config())) {
      HostTensor tensor = file.tensor(spec.name());
      boolean matrix = spec.kind() == TensorSpec.Kind.MATRIX;
      boolean odd = type == WeightType.Q8_0 && spec.rowLength() % 32 != 0;
      DType expected = !matrix ? DType.F32 : odd ? DType.F16 : DType.valueOf(type.name());
      assertEquals(expected, tensor.dtype(), spec.name());
      assertEquals(
          matrix && odd,
          report.fallbacks().stream().anyMatch(f -> f.startsWith(spec.name() + ":")));
    }
    int fileType = List.of(0, 1, 32, 7).get(type.ordinal());
    assertEquals(fileType, GgufReader.read(report.output()).metadata().integer(Keys.FILE_TYPE));
  }

  @Test
  void twoConversionsGiveTheSameBytes() throws IOException {
    for (WeightType type : WeightType.values()) {
      ModelFolder a = ModelFolder.copy("mmf-concat-cma", temporary.resolve("a" + type));
      ModelFolder b = ModelFolder.copy("mmf-concat-cma", temporary.resolve("b" + type));
      assertArrayEquals(
          Files.readAllBytes(a.convert(type).output()),
          Files.readAllBytes(b.convert(type).output()));
    }
  }

  @Test
  void layoutsOfConvolutionsAndProjection() throws IOException {
    ModelFolder folder = folder("sub-conv2d");
    TorchWriter source = folder.weights("final.pt");
    ModelFile file = ModelFile.of(GgufReader.read(folder.convert(WeightType.F32).output()));
    int c = file.config().subsampling().channels();
    float[] conv = source.get("encoder.embed.conv.2.weight");
    float[] converted = file.tensor("subsampling.conv.1.weight").toFloats();
    for (int i = 0; i < conv.length; i++) {
      int out = i / (c * 9);
      int in = i / 9 % c;
      assertEquals(conv[i], converted[(out * 9 + i % 9) * c + in]);
    }
    float[] linear = source.get("encoder.embed.out.0.weight");
    float[] columns = file.tensor("subsampling.out.weight").toFloats();
    int width = file.tensor("subsampling.out.weight").dim(1);
    for (int i = 0; i < linear.length; i++) {
      int bin = i % width % (width / c);
      int channel = i % width / (width / c);
      assertEquals(linear[i], columns[i / width * width + bin * c + channel]);
    }
  }

  @Test
  void case36MissingTensorIsNamed() throws IOException {
    ModelFolder folder = folder("mmf-concat");
    String name = "encoder.encoders.0.self_attn.linear_q.weight";
    Files.write(folder.file("final.pt"), folder.weights("final.pt").remove(name).build());
    assertTrue(
        refused(folder)
            .endsWith(
                "tensor "
                    + name
                    + " (for encoder.0.attn.q.weight): expected shape [16, 16],"
                    + " but it is missing"));
  }

  @Test
  void case36MisshapenTensorIsNamed() throws IOException {
    ModelFolder folder = folder("mmf-concat");
    TorchWriter weights = folder.weights("final.pt").put("qieemo.head.bias", new long[] {1}, 0f);
    Files.write(folder.file("final.pt"), weights.build());
    assertTrue(
        refused(folder)
            .endsWith("qieemo.head.bias (for head.bias): expected shape [4], found [1]"));
  }

  @Test
  void case57ValueThatIsNotFiniteIsNamed() throws IOException {
    ModelFolder folder = folder("mmf-concat");
    TorchWriter weights = folder.weights("final.pt");
    weights.get("qieemo.head.bias")[2] = Float.NaN;
    Files.write(folder.file("final.pt"), weights.build());
    assertTrue(refused(folder).endsWith("tensor qieemo.head.bias: element 2 is NaN or infinite"));
  }

  @Test
  void valuesTooLargeForHalvesStayInFull() throws IOException {
    ModelFolder folder = folder("mmf-concat");
    TorchWriter weights = folder.weights("final.pt");
    weights.get("qieemo.head.weight")[0] = 1e6f;
    Files.write(folder.file("final.pt"), weights.build());
    ConversionReport report = folder.convert(WeightType.F16);
    assertEquals(List.of("head.weight: F32, as its values exceed F16"), report.fallbacks());
  }

  @Test
  void case71OlderOutputSurvivesAFailure() throws IOException {
    ModelFolder folder = folder("mmf-concat").write("model.gguf", "older");
    TorchWriter weights = folder.weights("final.pt");
    weights.get("qieemo.head.bias")[0] = Float.POSITIVE_INFINITY;
    Files.write(folder.file("final.pt"), weights.build());
    assertThrows(ModelFormatException.class, () -> folder.convert(WeightType.F32));
    assertEquals("older", Files.readString(folder.file("model.gguf")));
    try (Stream<Path> files = Files.list(folder.path())) {
      assertTrue(files.noneMatch(f -> f.toString().endsWith(".tmp")));
    }
  }

  @Test
  void case71OutputThatCannotBeWritten() throws IOException {
    Path source = folder("mmf-concat").path();
    refusedOutput(source, temporary, "is a folder or device");
    refusedOutput(source, temporary.resolve("absent/model.gguf"), "there is no folder");
    Path weights = source.resolve("final.pt");
    byte[] before = Files.readAllBytes(weights);
    refusedOutput(weights, weights, "is the source itself");
    assertArrayEquals(before, Files.readAllBytes(weights));
  }

  @Test
  void case71PipeIsNotReplacedByTheOutput() throws Exception {
    Path pipe = temporary.resolve("pipe");
    boolean made =
        Files.isExecutable(Path.of("/usr/bin/mkfifo"))
            && new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor() == 0;
    assumeTrue(made, "needs mkfifo");
    Path source = folder("mmf-concat").path();
    refusedOutput(source, pipe, "is a folder or device");
    assertTrue(Files.readAttributes(pipe, BasicFileAttributes.class).isOther());
  }

  private static void refusedOutput(Path source, Path output, String reason) {
    ModelFormatException e =
        assertThrows(
            ModelFormatException.class, () -> convert(source, output, ConvertOptions.DEFAULT));
    assertTrue(e.reason().contains(reason), e.getMessage());
  }

  private static ConversionReport convert(Path source, Path output, ConvertOptions options)
      throws IOException {
    return Converter.convert(
        new ConversionRequest(source, output, options), ConversionListener.SILENT);
  }

  @Test
  void aFileFindsWhatStandsBesideIt() throws IOException {
    ModelFolder folder = folder("mmf-concat");
    Files.move(folder.file("final.pt"), folder.file("avg_30.pt"));
    Files.copy(folder.file("avg_30.pt"), folder.file("avg_10.pt"));
    assertTrue(refused(folder).contains("found [avg_10.pt, avg_30.pt]: pass one of them"));
    Path output = temporary.resolve("out.gguf");
    assertEquals(
        "WeNet", convert(folder.file("avg_10.pt"), output, ConvertOptions.DEFAULT).family());
  }

  @Test
  void configurationsFromElsewhere() throws IOException {
    ModelFolder folder = folder("mmf-concat");
    Path yaml = temporary.resolve("other.yaml");
    Path json = temporary.resolve("other.json");
    Files.move(folder.file("train.yaml"), yaml);
    Files.move(folder.file("qieemo.json"), json);
    assertTrue(refused(folder).contains("no encoder configuration"));
    ConvertOptions options = new ConvertOptions(WeightType.F32, yaml, FrontEndChoice.AUTO);
    ConversionReport report = folder.convert(options);
    assertEquals(null, report.config().fusion());
    assertTrue(report.ignored().contains("qieemo.head.weight"));
    Files.copy(yaml, folder.file("train.yaml"));
    report = folder.convert(new ConvertOptions(WeightType.F32, json, FrontEndChoice.AUTO));
    assertEquals("golden-mmf-concat", report.config().info().name());
    assertThrows(
        IllegalArgumentException.class,
        () -> new ConvertOptions(WeightType.F32, Path.of("x.txt"), FrontEndChoice.AUTO));
  }

  @Test
  void headInAFileOfItsOwn() throws IOException {
    ModelFolder folder = folder("nemo");
    assertTrue(Files.exists(folder.file("head.pt")));
    ConversionReport report = folder.convert(WeightType.F32);
    assertTrue(report.tensors().stream().anyMatch(t -> t.source().equals("qieemo.head.weight")));
    Files.copy(folder.file("model_weights.ckpt"), folder.file("head.safetensors"));
    Files.delete(folder.file("head.pt"));
    Files.delete(folder.file("model.gguf"));
    assertTrue(refused(folder).contains("head.safetensors"));
  }

  @Test
  void mistakesInTheFusionAreNamed() throws IOException {
    ModelFolder folder =
        folder("mmf-concat").replace("qieemo.json", "\"kind\": \"concat\"", "\"knd\": 1");
    assertTrue(refused(folder).endsWith("mmf.knd: unknown, expected one of [kind]"));
    folder.replace("qieemo.json", "\"knd\": 1", "\"kind\": \"both\"");
    assertTrue(
        refused(folder)
            .endsWith("mmf.kind: expected one of [concat, gated, sum, off], found 'both'"));
    folder
        .replace("qieemo.json", "\"both\"", "\"concat\"")
        .replace("qieemo.json", "\"width\"", "\"wdth\"");
    assertTrue(refused(folder).endsWith("width: missing"));
  }

  @Test
  void listenerHearsEveryTensor() throws IOException {
    Path source = folder("mmf-concat").path();
    int[] heard = {0};
    ConversionRequest request =
        new ConversionRequest(source, temporary.resolve("x.gguf"), ConvertOptions.DEFAULT);
    ConversionReport report =
        Converter.convert(
            request,
            (tensor, done, total) -> {
              assertEquals(++heard[0], done);
              assertTrue(done <= total);
            });
    assertEquals(report.tensors().size(), heard[0]);
  }
}
