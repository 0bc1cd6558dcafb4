package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qieemo.support.Repository;

/**
 * The launcher where people put it: behind a link, in a folder with spaces, in odd locales; in a
 * source tree and in an image, the latter skipped where {@code mvn -Pimage} has not built one.
 */
class LauncherTest {
  private static final Path CLI = Repository.root().resolve("cli");
  private static final String NAME = "gr\u00f6\u00dfe \u4e2d.wav";

  @TempDir static Path folder;
  private static Path model;

  @BeforeAll
  static void makeFiles() throws IOException {
    boolean named = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
    Assumptions.assumeTrue(named, "this JVM cannot make the file names");
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    TestWav.tone(Files.createDirectory(folder.resolve("a b")).resolve(NAME), 0.5);
  }

  /** A copy in a folder whose name has spaces. */
  private static Path copy(String kind) throws Exception {
    boolean image = kind.equals("image");
    Path needed = CLI.resolve(image ? "target/qieemo/bin/qieemo" : "target/qieemo.jar");
    if (!Files.exists(needed)) {
      System.out.println("skipped: needs " + CLI.relativize(needed) + " (mvn -Pimage package)");
    }
    Assumptions.assumeTrue(Files.exists(needed), "not built");
    Path home = folder.resolve("a b").resolve(kind);
    if (Files.exists(home)) {
      return home.resolve("bin/qieemo");
    }
    if (image) {
      run(List.of("cp", "-r", CLI.resolve("target/qieemo").toString(), home.toString()), "C");
    } else {
      Path bin = Files.createDirectories(home.resolve("bin"));
      Files.copy(CLI.resolve("bin/qieemo"), bin.resolve("qieemo"));
      bin.resolve("qieemo").toFile().setExecutable(true);
      Files.createSymbolicLink(
          Files.createDirectory(home.resolve("target")).resolve("qieemo.jar"), needed);
    }
    return home.resolve("bin/qieemo");
  }

  private static Cli.Result run(List<String> command, String locale) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.matches("LC_.*|LANG|LANGUAGE|QIEEMO_.*"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (!locale.isEmpty()) {
      builder.environment().put("LC_ALL", locale);
    }
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end after 120 s: " + command);
    }
    return new Cli.Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @ParameterizedTest
  @CsvSource({
    "source, C",
    "source, POSIX",
    "source, xx_YY.UTF-8",
    "source, ''",
    "image, C",
    "image, xx_YY.UTF-8",
    "image, ''"
  })
  void findsItselfAndAnyFile(String kind, String locale) throws Exception {
    Path launcher = copy(kind);
    Path link = folder.resolve("a b").resolve("link to " + kind);
    if (!Files.exists(link)) {
      Files.createSymbolicLink(link, Path.of(kind, "bin", "qieemo")); // relative
    }
    Path file = folder.resolve("a b").resolve(NAME);
    for (Path command : List.of(launcher, link)) {
      Cli.Result result =
          run(
              List.of(
                  command.toString(),
                  "classify",
                  "--format=jsonl",
                  "--model=" + model,
                  file.toString()),
              locale);
      assertEquals(0, result.code(), command + ": " + result.err());
      assertEquals(file.toString(), StrictJson.object(result.outLines().get(0)).get("file"));
      assertFalse(result.err().contains("locale"), result.err());
    }
  }

  /** The binding needs modules that the image must have. */
  @Test
  void anImageTakesABackEndFromTheClassPath() throws Exception {
    Path jar = CLI.resolveSibling("kernels/opencl/target/qieemo-opencl.jar");
    Assumptions.assumeTrue(Files.exists(jar), "not built");
    String launcher = copy("image").toString();
    Cli.Result without = run(List.of(launcher, "doctor"), "");
    assertFalse(without.out().contains("opencl"), without.out());
    Cli.Result with = run(List.of("env", "QIEEMO_CLASSPATH=" + jar, launcher, "doctor"), "");
    assertEquals(0, with.code(), with.err());
    assertTrue(with.out().contains("back end opencl: "), with.out());
    assertFalse(with.out().contains("JOCL is not on the class path"), with.out());
  }
}
