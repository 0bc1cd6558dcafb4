package org.qieemo.parity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.qieemo.cuda.CudaUnderTest;
import org.qieemo.opencl.OpenCl;
import org.qieemo.support.GoldenTensors;
import org.qieemo.support.GoldenTensors.Golden;
import org.qieemo.support.Repository;

/**
 * One tiny random model of the PyTorch reference, with every layer's output.
 *
 * @param name folder name
 * @param folder holds the checkpoint and {@code golden.safetensors}
 * @param golden {@code features}, and each layer as {@code f32.NAME} and {@code f64.NAME}
 */
record GoldenCase(String name, Path folder, Map<String, Golden> golden) {

  /** All cases, by name. */
  static List<GoldenCase> all() throws IOException {
    try (Stream<Path> folders = Files.list(Repository.goldens())) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("golden.safetensors")))
          .sorted()
          .map(GoldenCase::load)
          .toList();
    }
  }

  /**
   * The chosen cases on both CPU providers or, in the process of the OpenCL or CUDA tests and where
   * there is a device, on it.
   */
  static Stream<Arguments> onEveryBackend(Predicate<GoldenCase> chosen) throws IOException {
    List<String> backends = backends();
    return all().stream()
        .filter(chosen)
        .flatMap(c -> backends.stream().map(backend -> Arguments.of(c, backend)));
  }

  private static List<String> backends() {
    if (CudaUnderTest.isTested() && CudaUnderTest.isThere()) {
      return List.of(CudaUnderTest.NAME);
    }
    return OpenCl.isTested() && OpenCl.isThere()
        ? List.of(OpenCl.NAME)
        : List.of("plain", "vector");
  }

  private static GoldenCase load(Path folder) {
    try {
      return new GoldenCase(
          folder.getFileName().toString(),
          folder,
          GoldenTensors.read(folder.resolve("golden.safetensors")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the converter is pointed at: ESPnet's folder holds two weight files, so one is named. */
  Path checkpoint() {
    Path espnet = folder.resolve("valid.acc.ave.pth");
    return Files.exists(espnet) ? espnet : folder;
  }

  /** Features [T, F] before CMVN. */
  Golden features() {
    return golden.get("features");
  }

  /** A layer in double precision, null if the model has no such layer. */
  Golden f64(String layer) {
    return golden.get("f64." + layer);
  }

  @Override
  public String toString() {
    return name;
  }
}
