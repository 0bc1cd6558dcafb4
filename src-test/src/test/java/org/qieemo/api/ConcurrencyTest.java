package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.support.Voices;

/** One recognizer, many threads. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ConcurrencyTest {
  private static final int THREADS = 64;

  @Test
  void manyThreadsHearTheSameAsOne() throws Exception {
    List<Audio> voices = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      voices.add(Voices.voice(0.5 + 0.3 * i, 16_000, 100 + 20 * i));
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (EmotionRecognizer recognizer = EmotionRecognizer.embedded()) {
      List<Map<String, Double>> alone =
          voices.stream().map(v -> recognizer.classify(v).scores()).toList();
      List<Future<Map<String, Double>>> calls = new ArrayList<>();
      for (int i = 0; i < 4 * THREADS; i++) {
        Audio voice = voices.get(i % voices.size());
        calls.add(threads.submit(() -> recognizer.classify(voice).scores()));
      }
      for (int i = 0; i < calls.size(); i++) {
        assertEquals(alone.get(i % voices.size()), calls.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closingWaitsForRunningCalls() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      EmotionRecognizer recognizer = open();
      Audio voice = Voices.voice(2, 16_000, 120);
      Map<String, Double> expected = recognizer.classify(voice).scores();
      List<Future<Map<String, Double>>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(threads.submit(() -> recognizer.classify(voice).scores()));
      }
      recognizer.close();
      for (Future<Map<String, Double>> call : calls) {
        try {
          assertEquals(expected, call.get());
        } catch (java.util.concurrent.ExecutionException late) {
          assertEquals(IllegalStateException.class, late.getCause().getClass());
        }
      }
      assertThrows(IllegalStateException.class, () -> recognizer.classify(voice));
    } finally {
      threads.shutdownNow();
    }
  }

  private static EmotionRecognizer open() throws IOException {
    return EmotionRecognizer.embedded();
  }
}
