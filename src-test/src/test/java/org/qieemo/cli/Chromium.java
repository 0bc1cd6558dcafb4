package org.qieemo.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, spoken to by its DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final long SECONDS = 60;
  private static final String[] FLAGS = {
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0"
  };

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private final List<String> complaints = new ArrayList<>();
  private int last;

  /** The program, if there is one. */
  static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(folder -> Stream.of(Path.of(folder, "chromium"), Path.of(folder, "google-chrome")))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Chromium(Path program, Path profile) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(FLAGS));
    command.add("--user-data-dir=" + profile);
    command.add("about:blank");
    Path log = profile.resolveSibling(profile.getFileName() + ".log");
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    String port = port(log);
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(page(port)), new Listener())
            .join();
    call("Runtime.enable", "");
    call("Log.enable", "");
    call("Page.enable", "");
  }

  private static String port(Path log) throws IOException, InterruptedException {
    Pattern line = Pattern.compile("DevTools listening on ws://127.0.0.1:([0-9]+)/");
    for (int i = 0; i < 10 * SECONDS; i++) {
      Matcher found = line.matcher(Files.readString(log));
      if (found.find()) {
        return found.group(1);
      }
      Thread.sleep(100);
    }
    throw new IOException("Chromium does not come up: " + Files.readString(log));
  }

  private static String page(String port) throws IOException {
    String list;
    try (var in = URI.create("http://127.0.0.1:" + port + "/json").toURL().openStream()) {
      list = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (Object target : (List<?>) StrictJson.parse(list)) {
      Map<?, ?> fields = (Map<?, ?>) target;
      if ("page".equals(fields.get("type"))) {
        return (String) fields.get("webSocketDebuggerUrl");
      }
    }
    throw new IOException("no page: " + list);
  }

  /** What its console has complained about: errors, refused scripts, failed loads. */
  List<String> complaints() {
    return complaints;
  }

  /** Opens a page and waits until it has loaded. */
  void open(Path page) throws InterruptedException {
    call("Page.navigate", "\"url\":\"" + page.toUri() + "\"");
    waitFor("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  /** Light or dark. */
  void scheme(String scheme) throws InterruptedException {
    call(
        "Emulation.setEmulatedMedia",
        "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + scheme + "\"}]");
  }

  /** Presses a key. */
  void press(String key) throws InterruptedException {
    // what a browser itself does with a key, such as moving the focus, it does by its number
    int number = Map.of("Tab", 9, "Enter", 13, " ", 32).getOrDefault(key, 0);
    String text = key.equals("Enter") ? ",\"text\":\"\\r\"" : "";
    for (String type : List.of(text.isEmpty() ? "rawKeyDown" : "keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          "\"type\":\"%s\",\"key\":\"%s\",\"code\":\"%s\",\"windowsVirtualKeyCode\":%d%s"
              .formatted(type, key, key, number, type.equals("keyUp") ? "" : text));
    }
  }

  /** A node of the accessibility tree: what a screen reader is told. */
  record Spoken(String role, String name, String value, boolean focusable) {}

  /** What a screen reader is told of the page, in its order. */
  List<Spoken> spoken() throws InterruptedException {
    call("Accessibility.enable", "");
    List<Spoken> spoken = new ArrayList<>();
    for (Object node : (List<?>) call("Accessibility.getFullAXTree", "").get("nodes")) {
      Map<?, ?> fields = (Map<?, ?>) node;
      if (!Boolean.TRUE.equals(fields.get("ignored"))) {
        boolean focusable = String.valueOf(fields.get("properties")).contains("name=focusable");
        spoken.add(
            new Spoken(
                value(fields, "role"), value(fields, "name"), value(fields, "value"), focusable));
      }
    }
    return spoken;
  }

  private static String value(Map<?, ?> node, String field) {
    return node.get(field) instanceof Map<?, ?> map ? String.valueOf(map.get("value")) : "";
  }

  /** The value of an expression. */
  Object evaluate(String expression) throws InterruptedException {
    JsonWriter text = new JsonWriter().value(expression);
    Map<?, ?> result =
        call(
            "Runtime.evaluate",
            "\"returnByValue\":true,\"userGesture\":true,\"expression\":" + text);
    if (result.containsKey("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
    }
    return ((Map<?, ?>) result.get("result")).get("value");
  }

  /** Waits until an expression is true. */
  void waitFor(String expression) throws InterruptedException {
    for (int i = 0; i < 10 * SECONDS; i++) {
      if (Boolean.TRUE.equals(evaluate(expression))) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("not after " + SECONDS + " s: " + expression);
  }

  private Map<?, ?> call(String method, String parameters) throws InterruptedException {
    int id = ++last;
    String json = "{\"id\":%d,\"method\":\"%s\",\"params\":{%s}}";
    socket.sendText(json.formatted(id, method, parameters), true).join();
    while (true) {
      String message = messages.poll(SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no answer to " + method);
      }
      Map<String, Object> object = StrictJson.object(message);
      if (object.containsKey("id") && ((Number) object.get("id")).intValue() == id) {
        return (Map<?, ?>) object.getOrDefault("result", Map.of());
      }
      boolean thrown = "Runtime.exceptionThrown".equals(object.get("method"));
      if (thrown || "Log.entryAdded".equals(object.get("method")) && message.contains("error")) {
        complaints.add(message);
      }
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean end) {
      text.append(part);
      if (end) {
        messages.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  /**
   * Returns when the browser and all its helpers are gone: until then they write to the profile.
   */
  @Override
  public void close() {
    socket.abort();
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }
}
