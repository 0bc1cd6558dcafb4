package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.support.Repository;

/** How the launcher starts Java: what it asks of it for short and long jobs, and its archive. */
class LauncherStartTest {
  private static final Path CLI = Repository.root().resolve("cli");
  private static final String ARCHIVE = "-XX:SharedArchiveFile=";
  private static final String VECTOR = "jdk.incubator.vector";

  @TempDir Path folder;
  private Path launcher;
  private Path jar;
  private Path cache;
  private Path asked; // what Java was asked, of the latest run
  private Path voice;

  @BeforeEach
  void copy() throws IOException {
    Path built = CLI.resolve("target/qieemo.jar");
    if (!Files.exists(built)) {
      System.out.println("skipped: needs " + CLI.relativize(built));
    }
    Assumptions.assumeTrue(Files.exists(built), "not built");
    launcher = Files.createDirectories(folder.resolve("home/cli/bin")).resolve("qieemo");
    Files.copy(CLI.resolve("bin/qieemo"), launcher);
    jar = Files.createDirectories(folder.resolve("home/cli/target")).resolve("qieemo.jar");
    Files.copy(built, jar, StandardCopyOption.COPY_ATTRIBUTES);
    cache = folder.resolve("cache with spaces");
    asked = folder.resolve("asked");
    voice = TestWav.tone(folder.resolve("voice.wav"), 1);
  }

  /** A Java that notes what it is asked; it does it too, unless it only pretends to be one. */
  private Path java(boolean real) throws IOException {
    Path java = Files.createDirectories(folder.resolve("java/bin")).resolve("java");
    String then =
        real
            ? "exec '" + System.getProperty("java.home") + "/bin/java' \"$@\""
            : "[ \"$1\" != -XshowSettings:properties ] || echo ' java.specification.version = 17'";
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\" >'" + asked + "'\n" + then + "\n");
    assertTrue(java.toFile().setExecutable(true));
    return folder.resolve("java");
  }

  private Cli.Result run(Path java, String... words) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(n -> n.matches("QIEEMO_.*|.*JAVA.*_OPTIONS"));
    builder.environment().put("JAVA_HOME", java.toString());
    builder.environment().put("XDG_CACHE_HOME", cache.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end after 120 s: " + command);
    }
    return new Cli.Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private boolean asked(String part) throws IOException {
    return Files.readAllLines(asked).stream().anyMatch(word -> word.contains(part));
  }

  private List<Path> archives() throws IOException {
    Path kept = cache.resolve("qieemo");
    if (!Files.isDirectory(kept)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(kept)) {
      return files.filter(file -> file.toString().endsWith(".jsa")).toList();
    }
  }

  /** The same answer as ever, and not a word beside it. */
  private void hear(Path java, String expected) throws Exception {
    Cli.Result result = run(java, "classify", "--threads", "1", voice.toString());
    assertEquals(0, result.code(), result.err());
    assertEquals("", result.err());
    assertEquals(expected, result.out());
  }

  @Test
  void aShortJobGoesWithoutTheVectorApi() throws Exception {
    run(java(false), "classify", "--top", "1", voice.toString());
    assertFalse(asked(VECTOR));
    assertTrue(asked("Tier4BackEdgeThreshold"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "classify --timeline VOICE",
        "classify --model m.gguf VOICE",
        "classify --model=m.gguf VOICE",
        "classify FOLDER",
        "classify LONG",
        "classify VOICE LONG",
        "classify VOICE VOICE VOICE VOICE VOICE",
        "classify -",
        "classify --list VOICE",
        "report VOICE",
        "doctor"
      })
  void anythingElseGetsIt(String line) throws Exception {
    Path longer = TestWav.tone(folder.resolve("long.wav"), 31);
    String[] words = line.split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] =
          words[i]
              .replace("VOICE", voice.toString())
              .replace("LONG", longer.toString())
              .replace("FOLDER", folder.toString());
    }
    run(java(false), words);
    assertTrue(asked(VECTOR), line);
    assertFalse(asked("Tier4BackEdgeThreshold"), line);
    assertFalse(asked(ARCHIVE), line);
  }

  @Test
  void theSecondShortJobWritesAnArchiveThatTheThirdReads() throws Exception {
    requireEmbeddedModel();
    Path java = java(true);
    String heard = run(java, "classify", "--threads", "1", voice.toString()).out();
    assertEquals(List.of(), archives());
    hear(java, heard);
    assertEquals(1, archives().size());
    Path archive = archives().get(0);
    hear(java, heard);
    assertTrue(asked(ARCHIVE + archive));
    damage(archive);
    hear(java, heard);
    assertFalse(asked(ARCHIVE), "a damaged archive would crash Java");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(3600)));
    hear(java, heard);
    assertFalse(asked(ARCHIVE), "the jar is newer");
  }

  @Test
  void noArchiveIsNoFailure() throws Exception {
    requireEmbeddedModel();
    Path java = java(true);
    String heard = run(java, "classify", "--threads", "1", voice.toString()).out();
    Path seen;
    try (Stream<Path> files = Files.list(cache.resolve("qieemo"))) {
      seen = files.filter(file -> file.toString().endsWith(".seen")).findFirst().orElseThrow();
    }
    Files.writeString(seen, "tried");
    hear(java, heard);
    assertFalse(asked("jsa"), "tried once, not again");
    cache = Files.createFile(folder.resolve("no folder"));
    hear(java, heard);
    hear(java, heard);
    assertFalse(asked("jsa"));
  }

  @Test
  void aFailedJobLeavesNoArchiveAndKeepsItsCode() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.wav"), "no audio");
    for (int i = 0; i < 3; i++) {
      assertEquals(1, run(java(true), "classify", broken.toString()).code());
      assertEquals(List.of(), archives());
    }
  }

  private void requireEmbeddedModel() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      boolean embedded = file.getEntry("org/qieemo/embedded.gguf") != null;
      Assumptions.assumeTrue(embedded, "this build has no embedded model");
    }
  }

  private static void damage(Path file) throws IOException {
    assertTrue(file.toFile().setWritable(true));
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(bytes.length() / 2);
    }
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
  }
}
