package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.support.Repository;

/**
 * The texts beside a checkpoint, through a whole conversion: configurations of every family, token
 * lists, statistics, the fusion. The option says which text of which folder the rest is; all else
 * in that folder is sound.
 */
class ConversionFuzzTest {
  /** A sound conversion of these folders takes up to 4 MB under the fuzzer; its hooks take some. */
  private static final long CONVERSION = 6 << 20;

  private static final int HEADER_FACTOR = 16;

  /** A text, and the golden model whose folder it lies in. */
  private record Place(String golden, String file) {}

  private static final List<Place> PLACES =
      List.of(
          new Place("sub-channels-as-wide", "train.yaml"),
          new Place("sub-channels-as-wide", "units.txt"),
          new Place("sub-channels-as-wide", "qieemo.json"),
          new Place("no-cmvn", "global_cmvn"),
          new Place("espnet", "config.yaml"),
          new Place("espnet-latest", "config.yaml"),
          new Place("nemo", "model_config.yaml"),
          new Place("nemo", "vocab.txt"),
          new Place("torchaudio-group-norm", "config.yaml"),
          new Place("torchaudio-time-reduction", "config.yaml"));

  @TempDir static Path temporary;

  static Stream<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < PLACES.size(); i++) {
      Path file = Repository.goldens().resolve(PLACES.get(i).golden).resolve(PLACES.get(i).file);
      if (Files.exists(file)) {
        seeds.add(Input.part(i, Files.readAllBytes(file)));
      }
    }
    String sums = "2 ".repeat(24);
    String list = "2" + ",2".repeat(23);
    seeds.add(Input.part(3, ("[ " + sums + "2 " + sums + "0 ]\n").getBytes()));
    String json = "{\"mean_stat\":[" + list + "],\"var_stat\":[" + list + "],\"frame_num\":2}";
    seeds.add(Input.part(3, json.getBytes()));
    return seeds.stream();
  }

  @MethodSource("seeds")
  @FuzzTest
  void text(byte[] bytes) throws IOException {
    Input input = new Input(bytes);
    Place place = PLACES.get(input.option() % PLACES.size());
    Path folder = folder(place.golden);
    Path file = folder.resolve(place.file);
    byte[] before = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    Files.write(file, input.rest());
    try {
      ConversionRequest request =
          new ConversionRequest(folder, temporary.resolve("m.gguf"), ConvertOptions.DEFAULT);
      Oracle.within(
          CONVERSION + HEADER_FACTOR * input.rest().length,
          size(folder),
          () -> Converter.convert(request, ConversionListener.SILENT).bytes());
    } finally {
      Files.write(file, before);
    }
  }

  /** A folder to write into. */
  private static Path folder(String golden) throws IOException {
    Path folder = temporary.resolve(golden);
    if (Files.notExists(folder)) {
      Files.createDirectory(folder);
      for (Path file : files(Repository.goldens().resolve(golden))) {
        if (!file.endsWith("golden.safetensors")) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
      if (golden.equals("no-cmvn")) { // statistics from a file
        Path yaml = folder.resolve("train.yaml");
        String text = Files.readString(yaml).replace("  normalization: none\n", "");
        Files.writeString(yaml, text + "cmvn_file: global_cmvn\n");
      }
    }
    return folder;
  }

  private static long size(Path folder) throws IOException {
    long bytes = 0;
    for (Path file : files(folder)) {
      bytes += Files.size(file);
    }
    return bytes;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
