package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.Audio;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;
import org.qieemo.support.Repository;

/** The example of {@code docs/embedding}: compiled and run as a user of the engine would. */
class EmbeddingTest {
  private static final int REQUESTS = 64;
  private static final Path SAMPLES = Repository.root().resolve("cli/samples");

  @TempDir static Path folder;
  private static String engine; // the engine and what it brings along

  @BeforeAll
  static void compile() throws IOException {
    engine =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(EmbeddingTest::isEngine)
            .collect(Collectors.joining(File.pathSeparator));
    compile("classes", "--class-path", false);
    compile("module", "--module-path", true);
  }

  private static boolean isEngine(String entry) {
    Path path = Path.of(entry).toAbsolutePath();
    Path root = Repository.root();
    return Stream.of("engine", "kernels/core", "kernels/vector")
        .anyMatch(module -> path.startsWith(root.resolve(module)));
  }

  private static void compile(String output, String option, boolean module) throws IOException {
    Path sources = Repository.root().resolve("docs/embedding/src/main/java");
    List<String> arguments = new ArrayList<>(List.of("--release", "17", "-Xlint:all", "-Werror"));
    arguments.addAll(List.of("-d", folder.resolve(output).toString(), option, engine));
    if (module) { // otherwise the compiler takes the class path of the tests
      arguments.addAll(List.of("--class-path", folder.toString()));
    }
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .filter(f -> f.toString().endsWith(".java"))
          .filter(f -> module || !f.endsWith("module-info.java"))
          .forEach(f -> arguments.add(f.toString()));
    }
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, System.out, System.err, arguments.toArray(String[]::new));
    assertEquals(0, code, arguments.toString());
  }

  @Test
  void runsOnTheClassPath() throws Exception {
    hello("--class-path", folder.resolve("classes") + File.pathSeparator + engine, "example.Hello");
  }

  @Test
  void runsOnTheModulePath() throws Exception {
    String path = folder.resolve("module") + File.pathSeparator + engine;
    hello("--module-path", path, "--module", "example/example.Hello");
  }

  private static void hello(String... options) throws Exception {
    Path sample = SAMPLES.resolve("sad.wav");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add(sample.toString());
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "no end");
    assertEquals(0, process.exitValue());
    try (EmotionRecognizer recognizer = EmotionRecognizer.embedded()) {
      String expected = sample + ": " + recognizer.classify(sample);
      assertEquals(expected, Files.readString(output).strip());
    }
  }

  @Test
  void theServerAnswers64RequestsAtOnce() throws Exception {
    URL[] classes = {folder.resolve("classes").toUri().toURL()};
    RecognizerOptions options = RecognizerOptions.DEFAULT.withThreads(1);
    try (URLClassLoader loader = new URLClassLoader(classes, EmbeddingTest.class.getClassLoader());
        EmotionRecognizer recognizer = EmotionRecognizer.embedded(options)) {
      HttpServer server =
          (HttpServer)
              loader
                  .loadClass("example.EmotionServer")
                  .getMethod("start", EmotionRecognizer.class, int.class)
                  .invoke(null, recognizer, 0);
      try {
        int port = server.getAddress().getPort();
        answersAll(URI.create("http://127.0.0.1:" + port + "/classify"), recognizer);
      } finally {
        server.stop(0);
      }
    }
  }

  private static void answersAll(URI uri, EmotionRecognizer recognizer) throws Exception {
    List<Path> samples =
        List.of(SAMPLES.resolve("afraid.wav"), SAMPLES.resolve("sad.wav"), folder.resolve("bad"));
    Files.writeString(samples.get(2), "no \"sound\"");
    List<String> expected =
        List.of(json(recognizer, samples.get(0)), json(recognizer, samples.get(1)));
    HttpClient client = HttpClient.newHttpClient();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(uri).POST(BodyPublishers.ofFile(samples.get(i % 3))).build();
      answers.add(client.sendAsync(request, BodyHandlers.ofString()));
    }
    for (int i = 0; i < REQUESTS; i++) {
      HttpResponse<String> answer = answers.get(i).get(120, TimeUnit.SECONDS);
      boolean bad = i % 3 == 2;
      assertEquals(bad ? 400 : 200, answer.statusCode(), answer.body());
      if (bad) {
        assertTrue(answer.body().contains("not a WAV file"), answer.body());
      } else {
        assertEquals(expected.get(i % 3), answer.body());
      }
    }
  }

  private static String json(EmotionRecognizer recognizer, Path sample) throws IOException {
    Emotion emotion = recognizer.classify(Audio.read(sample));
    String scores =
        emotion.scores().entrySet().stream()
            .map(e -> "\"" + e.getKey() + "\":" + e.getValue())
            .collect(Collectors.joining(","));
    return "{\"label\":\"" + emotion.label() + "\",\"scores\":{" + scores + "}}";
  }
}
