package org.qieemo.kernels.opencl;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The OpenCL drivers that Linux's ICD loaders would load, read from their registry without loading
 * one: a driver in the process cannot be taken out again, and may bring a compiler, threads and
 * signal handlers. Stateless.
 *
 * @param os system property os.name
 * @param environment of the process
 * @param registry folder of the .icd files unless the environment names another
 */
record InstalledDrivers(String os, Map<String, String> environment, Path registry) {
  /** PoCL and Intel's runtime for processors. */
  private static final Pattern CPU_ONLY =
      Pattern.compile("lib(pocl|intelocl(_emu)?)\\.so(\\.[0-9.]+)?");

  private static final int LARGEST_ICD = 4096;

  /** Those of this machine. */
  static InstalledDrivers here() {
    return new InstalledDrivers(
        System.getProperty("os.name", ""), System.getenv(), Path.of("/etc/OpenCL/vendors"));
  }

  /**
   * The file names of the drivers if all of them are known to drive the processor only; empty if
   * there may be another, or none, or that cannot be told.
   */
  Optional<List<String>> allForTheProcessor() {
    boolean other =
        environment.containsKey("OCL_ICD_FILENAMES") || environment.containsKey("OPENCL_LAYERS");
    if (!os.equals("Linux") || other) {
      return Optional.empty();
    }
    try {
      List<String> names = new ArrayList<>();
      for (String library : libraries()) {
        names.add(library.substring(library.lastIndexOf('/') + 1));
      }
      boolean all = names.stream().allMatch(name -> CPU_ONLY.matcher(name).matches());
      return all && !names.isEmpty() ? Optional.of(names) : Optional.empty();
    } catch (IOException | RuntimeException e) { // what cannot be read may be anything
      return Optional.empty();
    }
  }

  /** As ocl-icd reads it: a folder of .icd files, one .icd file, or a library. */
  private List<String> libraries() throws IOException {
    String named =
        environment.getOrDefault(
            "OCL_ICD_VENDORS", environment.getOrDefault("OPENCL_VENDOR_PATH", ""));
    Path place = named.isEmpty() ? registry : Path.of(named);
    if (Files.isDirectory(place)) {
      return ofFolder(place);
    }
    if (!named.endsWith(".icd")) {
      return named.isEmpty() ? List.of() : List.of(named);
    }
    return List.of(library(named.contains("/") ? place : registry.resolve(place)));
  }

  private static List<String> ofFolder(Path folder) throws IOException {
    List<String> libraries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.icd")) {
      for (Path file : files) {
        libraries.add(library(file));
      }
    }
    libraries.sort(null);
    return libraries;
  }

  /** The library that an .icd file names in its only line. */
  private static String library(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_ICD) {
      throw new IOException(file + " names no driver");
    }
    return Files.readString(file).strip();
  }
}
