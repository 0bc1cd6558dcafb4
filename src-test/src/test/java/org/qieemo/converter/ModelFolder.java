package org.qieemo.converter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.qieemo.converter.source.FileSource;
import org.qieemo.converter.torch.TorchCheckpoint;
import org.qieemo.support.Repository;

/** A copy of a golden model's folder that a test may change. */
record ModelFolder(Path path) {
  static ModelFolder copy(String golden, Path into) throws IOException {
    Path from = Repository.goldens().resolve(golden);
    Files.createDirectories(into);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(f -> !f.endsWith("golden.safetensors")).toList()) {
        Files.copy(file, into.resolve(file.getFileName().toString()));
      }
    }
    return new ModelFolder(into);
  }

  Path file(String name) {
    return path.resolve(name);
  }

  ModelFolder write(String name, String text) throws IOException {
    Files.write(file(name), text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Replaces a text that must be there. */
  ModelFolder replace(String name, String old, String text) throws IOException {
    String all = Files.readString(file(name));
    if (!all.contains(old)) {
      throw new AssertionError(name + " has no '" + old + "'");
    }
    return write(name, all.replace(old, text));
  }

  TorchWriter weights(String name) throws IOException {
    try (FileSource source = FileSource.open(file(name))) {
      return TorchWriter.copy(TorchCheckpoint.read(source).tensors());
    }
  }

  ConversionReport convert(WeightType type) throws IOException {
    return convert(new ConvertOptions(type, null, FrontEndChoice.AUTO));
  }

  ConversionReport convert(ConvertOptions options) throws IOException {
    Path output = path.resolve("model.gguf");
    return Converter.convert(
        new ConversionRequest(path, output, options), ConversionListener.SILENT);
  }
}
