package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.opencl.OpenClProvider;
import org.qieemo.support.Repository;

/** The command line in a process of its own, with back ends that work, do not, or are not there. */
class FallbackTest {
  private static final Path SAMPLE = Repository.root().resolve("cli/samples/afraid.wav");

  @TempDir Path folder;

  /** What a process left. */
  private record Result(int code, String out, List<String> err) {}

  private Result qieemo(
      String classPath, List<String> options, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-Dqieemo.cache=" + System.getProperty("qieemo.cache", ""));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, "org.qieemo.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(240, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end after 240 s: " + command);
    }
    List<String> errors =
        Files.readAllLines(err, StandardCharsets.UTF_8).stream()
            // what the JVM says of native code, Java 24 and newer with an empty line behind it
            .filter(line -> !line.startsWith("WARNING: ") && !line.isEmpty())
            .toList();
    return new Result(process.exitValue(), Files.readString(out), errors);
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  /** An environment in which OpenCL finds no driver, so that auto has only the CPU to go on to. */
  private Map<String, String> noPlatform() {
    return Map.of("OCL_ICD_VENDORS", folder.resolve("none").toString());
  }

  /** The class path with the broken provider's service in front. */
  private String withBroken() throws IOException {
    Path services = Files.createDirectories(folder.resolve("broken/META-INF/services"));
    Files.writeString(
        services.resolve(BackendProvider.class.getName()), BrokenProvider.class.getName());
    return folder.resolve("broken") + File.pathSeparator + classPath();
  }

  @Test
  void autoGoesOnToTheCpuWithOneWarning() throws Exception {
    Result result =
        qieemo(
            withBroken(), List.of(), noPlatform(), "classify", "--format=jsonl", SAMPLE.toString());
    assertEquals(0, result.code(), result.err().toString());
    assertEquals(
        List.of("qieemo: warning: broken cannot be used: it fell off the bus; cpu runs instead"),
        result.err());
    assertTrue(result.out().contains("\"backend\":\"cpu\""), result.out());
  }

  @Test
  void autoGoesOnWhenTheWeightsDoNotFit() throws Exception {
    Result result =
        qieemo(
            withBroken(),
            List.of("-Dbroken.opens=true"),
            noPlatform(),
            "classify",
            "--format=jsonl",
            SAMPLE.toString());
    assertEquals(0, result.code(), result.err().toString());
    assertEquals(
        List.of(
            "broken: closed",
            "qieemo: warning: broken cannot take the model: it is out of memory; cpu runs instead"),
        result.err());
    assertTrue(result.out().contains("\"backend\":\"cpu\""), result.out());
  }

  @Test
  void whatWasAskedForAndFailsIsAnErrorOfOneLine() throws Exception {
    Result result =
        qieemo(
            withBroken(), List.of(), Map.of(), "classify", "--backend=broken", SAMPLE.toString());
    assertEquals(1, result.code());
    assertEquals(List.of("qieemo: embedded model: it fell off the bus"), result.err());
  }

  @Test
  void withoutJoclTheDoctorSaysWhatToAdd() throws Exception {
    String without =
        Arrays.stream(classPath().split(File.pathSeparator))
            .filter(entry -> !entry.contains("jocl"))
            .collect(Collectors.joining(File.pathSeparator));
    Result result = qieemo(without, List.of(), Map.of(), "doctor");
    assertEquals(0, result.code(), result.out());
    assertTrue(
        result.out().contains("back end opencl: not usable, JOCL is not on the class path"),
        result.out());
  }

  @Test
  void withoutAnyPlatformTheErrorSaysWhatToInstall() throws Exception {
    OpenCl.orSkip();
    Result result =
        qieemo(
            classPath(),
            List.of(),
            noPlatform(),
            "classify",
            "--backend=opencl",
            SAMPLE.toString());
    assertEquals(1, result.code(), result.out());
    assertEquals(1, result.err().size(), result.err().toString());
    assertTrue(result.err().get(0).contains("without any platform"), result.err().toString());
  }

  @Test
  void theCpuPathNeverLoadsJocl() throws Exception {
    Result result =
        qieemo(
            classPath(),
            List.of("-Xlog:class+load:file=" + folder.resolve("loaded")),
            Map.of(),
            "classify",
            "--backend=cpu",
            SAMPLE.toString());
    assertEquals(0, result.code(), result.err().toString());
    String loaded = Files.readString(folder.resolve("loaded"));
    assertTrue(loaded.contains("org.qieemo.kernels.cpu.CpuBackend"), "the log says nothing");
    assertFalse(loaded.contains("org.jocl."));
    assertFalse(loaded.contains("org.qieemo.kernels.device."));
  }

  @Test
  void theCommandLineRunsOnOpenClAndHearsTheSame() throws Exception {
    OpenCl.orSkip();
    Result opencl =
        qieemo(classPath(), List.of(), Map.of(), "classify", "--backend=opencl", SAMPLE.toString());
    Result cpu =
        qieemo(classPath(), List.of(), Map.of(), "classify", "--backend=cpu", SAMPLE.toString());
    assertEquals(0, opencl.code(), opencl.err().toString());
    assertEquals(List.of(), opencl.err());
    assertEquals(label(cpu), label(opencl));
  }

  private static String label(Result result) {
    return result.out().split("\\s+")[1]; // "FILE: LABEL 0.592 ..."
  }

  /** A registry of drivers with one entry; what it names need not exist. */
  private Map<String, String> registry(String library) throws IOException {
    Path vendors = Files.createDirectories(folder.resolve("vendors"));
    Files.writeString(vendors.resolve("driver.icd"), library + "\n");
    return Map.of("OCL_ICD_VENDORS", vendors.toString());
  }

  private boolean autoLoadsJocl(String library) throws IOException, InterruptedException {
    Path loaded = folder.resolve("loaded");
    Result result =
        qieemo(
            classPath(),
            List.of("-Xlog:class+load:file=" + loaded),
            registry(library),
            "classify",
            SAMPLE.toString());
    assertEquals(0, result.code(), result.err().toString());
    assertEquals(List.of(), result.err());
    String classes = Files.readString(loaded);
    assertTrue(classes.contains("org.qieemo.kernels.opencl.OpenClProvider"), "nobody asked");
    return classes.contains("org.jocl.CL ");
  }

  @Test
  void autoLoadsNoDriverWhereAllAreForTheProcessor() throws Exception {
    assertFalse(autoLoadsJocl("/usr/lib/libpocl.so.2.11.0"));
    assertTrue(autoLoadsJocl("libnvidia-opencl.so.1"));
  }

  @Test
  void aDriverThatReplacesSignalHandlersGivesAWarningThatHelps() throws Exception {
    OpenCl.orSkip();
    boolean pocl = new OpenClProvider().probe().reason().contains("Portable Computing Language");
    Assumptions.assumeTrue(pocl, "other drivers may leave the signals alone");
    Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "needs Linux's /proc");
    String[] classify = {"classify", "--backend=opencl", SAMPLE.toString()};
    Result bare = qieemo(classPath(), List.of(), Map.of("LD_PRELOAD", ""), classify);
    assertEquals(0, bare.code(), bare.err().toString());
    assertEquals(1, bare.err().size(), bare.err().toString());
    Matcher remedy = Pattern.compile("set LD_PRELOAD=(\\S+) before").matcher(bare.err().get(0));
    assertTrue(remedy.find(), bare.err().toString());
    Map<String, String> chained = Map.of("LD_PRELOAD", remedy.group(1));
    assertEquals(List.of(), qieemo(classPath(), List.of(), chained, classify).err());
    String doctor = qieemo(classPath(), List.of(), Map.of("LD_PRELOAD", ""), "doctor").out();
    assertTrue(doctor.contains("\n  signals: the driver replaced Java's handlers"), doctor);
    assertTrue(doctor.contains(remedy.group()), doctor);
    doctor = qieemo(classPath(), List.of(), chained, "doctor").out();
    assertTrue(doctor.contains("chained behind Java's by libjsig"), doctor);
  }

  @Test
  void theDoctorListsTheDevices() throws Exception {
    OpenCl.orSkip();
    Result result = qieemo(classPath(), List.of(), Map.of(), "doctor");
    assertEquals(0, result.code(), result.out());
    assertTrue(result.out().contains("back end opencl: usable, "), result.out());
    assertTrue(result.out().contains("\n  device 0: "), result.out());
  }
}
