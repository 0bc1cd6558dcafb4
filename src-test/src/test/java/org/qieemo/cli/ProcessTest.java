package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.support.Repository;

/** The minimal jar in a process of its own; skipped where it has not been built. */
class ProcessTest {
  private static final Path CLI = Repository.root().resolve("cli");
  private static final Path JAR = CLI.resolve("target/qieemo.jar");
  private static final Path SAMPLE = CLI.resolve("samples/bored.wav");
  private static final String VECTOR = "--add-modules=jdk.incubator.vector";

  @TempDir static Path folder;
  private static Path model;

  @BeforeAll
  static void requireJar() throws IOException {
    boolean built = Files.exists(JAR);
    if (!built) {
      System.out.println("skipped: needs cli/target/qieemo.jar, which 'mvn package' builds");
    }
    Assumptions.assumeTrue(built, "needs cli/target/qieemo.jar");
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
  }

  private static Cli.Result run(List<String> command) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end after 120 s: " + command);
    }
    return new Cli.Result(process.exitValue(), text(out), text(err));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static Cli.Result java(String option, String... arguments) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java));
    if (!option.isEmpty()) {
      command.add(option);
    }
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", VECTOR})
  void classifiesOnTheClassPathWithAndWithoutVectors(String option) throws Exception {
    Cli.Result result =
        java(
            option,
            "classify",
            "--format=jsonl",
            "--model",
            model.toString(),
            SAMPLE.toString(),
            "none.wav");
    assertEquals(1, result.code(), result.err());
    assertEquals(2, result.outLines().size(), result.out());
    assertTrue(StrictJson.object(result.outLines().get(0)).containsKey("label"));
    assertTrue(StrictJson.object(result.outLines().get(1)).containsKey("error"));
    assertFalse(result.err().contains("Exception"), result.err());
    assertEquals(option.isEmpty() ? "" : incubatorNote(result.err()), result.err());
  }

  /** What the JVM itself prints. */
  private static String incubatorNote(String err) {
    return err.startsWith("WARNING: Using incubator modules: jdk.incubator.vector") ? err : "";
  }

  @Test
  void theEmbeddedModelClassifiesTheSamples() throws Exception {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      boolean embedded = jar.getEntry("org/qieemo/embedded.gguf") != null;
      Assumptions.assumeTrue(embedded, "this build has no embedded model");
    }
    Cli.Result result = java("", "classify", SAMPLE.toString());
    assertEquals(0, result.code(), result.err());
    assertEquals(1, result.outLines().size());
    assertEquals("", result.err());
  }

  @Test
  void theDoctorIsContent() throws Exception {
    Cli.Result result = java("", "doctor");
    assertEquals(0, result.code(), result.out() + result.err());
    assertTrue(result.out().contains("vector API: not resolved"), result.out());
    assertTrue(result.out().contains("result: ready"), result.out());
  }

  @Test
  void umlautsArriveAsUtf8() throws Exception {
    String encoding = System.getProperty("sun.jnu.encoding");
    Assumptions.assumeTrue("UTF-8".equals(encoding), "this JVM's file names are " + encoding);
    Path named = TestWav.tone(folder.resolve("gr\u00fc\u00df.wav"), 0.5);
    List<String> launcher =
        List.of(
            CLI.resolve("bin/qieemo").toString(),
            "classify",
            "--format=jsonl",
            "--model",
            model.toString(),
            named.toString());
    Cli.Result result = run(launcher);
    assertEquals(0, result.code(), result.err());
    assertEquals(named.toString(), StrictJson.object(result.outLines().get(0)).get("file"));
  }

  @Test
  void theJarHoldsThisProjectAlone() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      for (JarEntry entry : jar.stream().toList()) {
        String name = entry.getName();
        if (name.endsWith(".class")) {
          assertTrue(name.startsWith("org/qieemo/"), name);
          assertFalse(name.matches("org/qieemo/kernels/(opencl|cuda|device)/.*"), name);
        }
        assertFalse(name.matches(".*\\.(so|dll|dylib|jnilib|jar|a)"), name);
      }
    }
  }

  @Test
  void case71FullDiskLeavesNothing() throws Exception {
    Path target = Files.createDirectory(folder.resolve("full")).resolve("model.gguf");
    String source = Repository.goldens().resolve("mmf-concat").toString();
    Cli.Result result = onFullDisk("convert", source, "--output", target.toString());
    assertEquals(1, result.code(), result.err());
    assertTrue(result.err().contains("File too large"), result.err());
    assertEquals(1, result.err().strip().lines().count(), result.err());
    assertHolds(target.getParent(), List.of());
  }

  @Test
  void case71FullDiskLeavesNoPageAndAnOlderOneAsItWas() throws Exception {
    Path target = Files.createDirectory(folder.resolve("pages")).resolve("page.html");
    for (String older : new String[] {null, "an older page"}) {
      if (older != null) {
        Files.writeString(target, older);
      }
      Cli.Result result =
          onFullDisk(
              "report",
              "--model",
              model.toString(),
              SAMPLE.toString(),
              "--output",
              target.toString());
      assertEquals(1, result.code(), result.err());
      assertTrue(result.err().contains("page.html: File too large"), result.err());
      assertHolds(target.getParent(), older == null ? List.of() : List.of(target));
      assertEquals(older, older == null ? null : Files.readString(target));
    }
  }

  /** What was heard before stays, in whole lines; --resume goes on behind it. */
  @Test
  void case71FullDiskLeavesWholeLines() throws Exception {
    Path archive = Files.createDirectory(folder.resolve("archive"));
    for (int i = 0; i < 150; i++) {
      TestWav.tone(archive.resolve("a-recording-with-a-long-name-%03d.wav".formatted(i)), 0.3);
    }
    Path target = Files.createDirectory(folder.resolve("lines")).resolve("emotions.csv");
    String[] command = {
      "classify",
      "--model",
      model.toString(),
      archive.toString(),
      "--format",
      "csv",
      "--output",
      target.toString(),
      "--resume"
    };
    Cli.Result result = onFullDisk(command);
    assertEquals(1, result.code(), result.err());
    assertTrue(
        result.err().contains("emotions.csv: takes no more: is the disk full?"), result.err());
    String cut = Files.readString(target);
    assertTrue(cut.endsWith("\n") && cut.length() > 4000 && cut.length() <= 8192, cut);
    Cli.Result rest = java("", command);
    assertEquals(0, rest.code(), rest.err());
    assertTrue(Files.readString(target).startsWith(cut));
    assertEquals(151, Files.readAllLines(target).size());
  }

  private static void assertHolds(Path folder, List<Path> files) throws IOException {
    try (var left = Files.list(folder)) {
      assertEquals(files, left.toList());
    }
  }

  /** A limit of 8 KiB on the size of files fails a write just as a full disk does. */
  private Cli.Result onFullDisk(String... arguments) throws Exception {
    Path shell = Path.of("/bin/bash");
    Assumptions.assumeTrue(Files.exists(shell), "skipped: needs bash");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(shell.toString(), "-c", "ulimit -f 8; exec \"$@\"", "bash"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:-UsePerfData", "-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    return run(command);
  }
}
