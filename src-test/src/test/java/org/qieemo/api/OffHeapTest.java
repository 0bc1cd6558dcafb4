package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.support.Repository;
import org.qieemo.support.Voices;

/**
 * What a recognizer on the CPU leaves behind when it is closed: no memory outside the heap, no
 * mapped file, no thread, nothing on the heap. (Device memory: {@code CountingDevice} in the OpenCL
 * tests.)
 */
@Timeout(120)
class OffHeapTest {
  @TempDir Path folder;

  private record Memory(long count, long bytes) {}

  /** Direct and mapped buffers. */
  private static Map<String, Memory> offHeap() {
    Map<String, Memory> pools = new TreeMap<>();
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      pools.put(pool.getName(), new Memory(pool.getCount(), pool.getMemoryUsed()));
    }
    return pools;
  }

  /** On a thread that ends, as the JDK keeps a direct buffer per thread that reads files. */
  private static <T> T onItsOwnThread(Callable<T> call) throws Exception {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task);
    thread.start();
    T result = task.get();
    thread.join();
    return result;
  }

  @Test
  void theMeterSeesDirectBuffers() {
    long before = offHeap().get("direct").bytes();
    ByteBuffer buffer = ByteBuffer.allocateDirect(12_345);
    assertEquals(before + buffer.capacity(), offHeap().get("direct").bytes());
  }

  @Test
  void nothingOutsideTheHeapIsLeft() throws Exception {
    Path model = folder.resolve("model.gguf");
    Path source = Repository.goldens().resolve("wide");
    Converter.convert(
        new ConversionRequest(source, model, ConvertOptions.DEFAULT), ConversionListener.SILENT);
    Map<String, Memory> before = offHeap();
    Map<String, Memory> mapped =
        onItsOwnThread(
            () -> {
              try (EmotionRecognizer recognizer = EmotionRecognizer.open(model)) {
                recognizer.classify(Voices.voice(1, 16_000, 120));
                return offHeap();
              }
            });
    Memory none = before.get("mapped");
    assertEquals(none, mapped.get("mapped"), "model files are read, never mapped");
    assertEquals(before, offHeap());
  }

  @Test
  void threadsEndAndTheHeapIsFree() throws Exception {
    Set<Thread> others = workers();
    WeakReference<EmotionRecognizer> recognizer = onItsOwnThread(() -> usedAndClosed(others));
    for (int i = 0; i < 100 && recognizer.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertEquals(null, recognizer.get(), "a closed recognizer is reachable");
    for (int i = 0; i < 500 && !others.containsAll(workers()); i++) {
      Thread.sleep(20);
    }
    assertTrue(others.containsAll(workers()), "threads of a closed recognizer");
  }

  private static WeakReference<EmotionRecognizer> usedAndClosed(Set<Thread> others)
      throws IOException {
    Audio voice = Voices.voice(0.5, 16_000, 120);
    RecognizerOptions options = RecognizerOptions.DEFAULT.withThreads(5); // as no other test has
    try (EmotionRecognizer recognizer = EmotionRecognizer.embedded(options)) {
      assertFalse(recognizer.classify(voice).scores().isEmpty());
      assertFalse(others.containsAll(workers()), "its workers");
      return new WeakReference<>(recognizer);
    }
  }

  private static Set<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("qieemo-cpu-"))
        .collect(Collectors.toSet());
  }
}
