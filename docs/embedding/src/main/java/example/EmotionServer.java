package example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.qieemo.Audio;
import org.qieemo.AudioFormatException;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.InvalidAudioException;
import org.qieemo.RecognizerOptions;

/** POST a WAV file to /classify: one recognizer serves all requests, one thread each. */
public class EmotionServer {
  private static final int MOST_BYTES = 32 << 20;

  public static void main(String[] args) throws IOException {
    RecognizerOptions options = RecognizerOptions.DEFAULT.withThreads(1);
    start(EmotionRecognizer.embedded(options), args.length > 0 ? Integer.parseInt(args[0]) : 8080);
  }

  /** Starts to serve; as many requests at a time as there are processors, the others wait. */
  public static HttpServer start(EmotionRecognizer recognizer, int port) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 256);
    server.setExecutor(Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors()));
    server.createContext("/classify", exchange -> answer(recognizer, exchange));
    server.start();
    return server;
  }

  private static void answer(EmotionRecognizer recognizer, HttpExchange exchange)
      throws IOException {
    try (exchange) {
      byte[] wav = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
      if (wav.length > MOST_BYTES) {
        send(exchange, 413, "{\"error\":\"more than 32 MiB\"}");
      } else {
        classify(recognizer, wav, exchange);
      }
    }
  }

  private static void classify(EmotionRecognizer recognizer, byte[] wav, HttpExchange exchange)
      throws IOException {
    Emotion emotion;
    try {
      emotion = recognizer.classify(Audio.read(new ByteArrayInputStream(wav), "request"));
    } catch (AudioFormatException | InvalidAudioException e) {
      send(exchange, 400, "{\"error\":" + quoted(e.getMessage()) + "}");
      return;
    }
    send(exchange, 200, json(emotion));
  }

  private static String json(Emotion emotion) {
    Map<String, Double> scores = emotion.scores();
    return scores.entrySet().stream()
        .map(e -> quoted(e.getKey()) + ":" + e.getValue())
        .collect(
            Collectors.joining(",", "{\"label\":" + quoted(emotion.label()) + ",\"scores\":{", "}}"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
