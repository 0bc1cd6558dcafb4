package org.qieemo.kernels.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which drivers would be loaded, read from the registry of a made-up machine. */
class InstalledDriversTest {
  @TempDir Path folder;
  private Path vendors;

  @BeforeEach
  void register() throws IOException {
    vendors = Files.createDirectories(folder.resolve("vendors"));
    register("pocl.icd", "/usr/lib/libpocl.so.2.11.0\n");
  }

  private void register(String file, String library) throws IOException {
    Files.writeString(vendors.resolve(file), library);
  }

  private Optional<List<String>> found(Map<String, String> environment) {
    return new InstalledDrivers("Linux", environment, vendors).allForTheProcessor();
  }

  @Test
  void poclAndIntelsAreForTheProcessor() throws IOException {
    register("intel64.icd", "/usr/lib/libintelocl.so");
    register("emulator.icd", "libintelocl_emu.so");
    register("libcuda.txt", "libnvidia-opencl.so.1"); // is no .icd file
    assertEquals(
        Optional.of(List.of("libintelocl.so", "libpocl.so.2.11.0", "libintelocl_emu.so")),
        found(Map.of())); // in the order of their paths
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "libnvidia-opencl.so.1",
        "/usr/lib/libamdocl64.so",
        "libMesaOpenCL.so.1",
        "libRusticlOpenCL.so.1",
        "/usr/lib/intel-opencl/libigdrcl.so",
        "libpocl-cuda.so",
        ""
      })
  void oneThatMayBeAnythingElseDecides(String library) throws IOException {
    register("another.icd", library);
    assertEquals(Optional.empty(), found(Map.of()));
  }

  @Test
  void theEnvironmentNamesAFolderAFileOrALibrary() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other"));
    Path gpu = Files.writeString(other.resolve("gpu.icd"), "libnvidia-opencl.so.1");
    for (String name : List.of("OCL_ICD_VENDORS", "OPENCL_VENDOR_PATH")) {
      assertEquals(Optional.empty(), found(Map.of(name, other.toString())));
    }
    String variable = "OCL_ICD_VENDORS";
    assertEquals(Optional.empty(), found(Map.of(variable, gpu.toString())));
    assertEquals(Optional.empty(), found(Map.of(variable, "/usr/lib/libcuda.so")));
    assertEquals(Optional.of(List.of("libpocl.so.2.11.0")), found(Map.of(variable, "pocl.icd")));
    assertEquals(
        Optional.of(List.of("libpocl.so.2")), found(Map.of(variable, "/usr/lib/libpocl.so.2")));
  }

  @Test
  void whatCannotBeToldIsNotClaimed() throws IOException {
    assertEquals(Optional.empty(), found(Map.of("OCL_ICD_FILENAMES", "libpocl.so")));
    assertEquals(
        Optional.empty(),
        new InstalledDrivers("Windows 11", Map.of(), vendors).allForTheProcessor());
    Path nowhere = folder.resolve("nowhere");
    assertEquals(
        Optional.empty(), new InstalledDrivers("Linux", Map.of(), nowhere).allForTheProcessor());
    register("huge.icd", "libpocl.so".repeat(1000));
    assertEquals(Optional.empty(), found(Map.of()));
    Files.delete(vendors.resolve("huge.icd"));
    Files.createDirectory(vendors.resolve("folder.icd"));
    assertEquals(Optional.empty(), found(Map.of()));
    Files.delete(vendors.resolve("folder.icd"));
    assertEquals(Optional.of(List.of("libpocl.so.2.11.0")), found(Map.of()));
  }

  @Test
  void theLibraryIsAbsentWhereNeitherTheCacheNorAFolderHasIt() throws IOException {
    Path cache = Files.writeString(folder.resolve("ld.so.cache"), "\0libc.so.6\0/lib/libc.so.6");
    List<Path> folders = List.of(folder.resolve("nowhere"), vendors);
    assertTrue(new IcdLoader(cache, folders).isAbsent());
    Files.createFile(vendors.resolve("libOpenCL.so.1"));
    assertFalse(new IcdLoader(cache, folders).isAbsent());
    assertTrue(new IcdLoader(cache, List.of()).isAbsent());
    Files.write(cache, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertTrue(new IcdLoader(cache, List.of()).isAbsent());
    Files.writeString(cache, "\0libOpenCL.so.1\0/usr/lib/libOpenCL.so.1");
    assertFalse(new IcdLoader(cache, List.of()).isAbsent());
    assertFalse(new IcdLoader(folder.resolve("none"), List.of()).isAbsent(), "cannot be told");
  }
}
