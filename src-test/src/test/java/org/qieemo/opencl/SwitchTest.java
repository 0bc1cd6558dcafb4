package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.EmotionStream;
import org.qieemo.RecognizerOptions;
import org.qieemo.Recognizers;
import org.qieemo.TimelineOptions;
import org.qieemo.TimelineSegment;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.converter.FrontEndChoice;
import org.qieemo.converter.WeightType;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.opencl.CountingDevice.Fault;
import org.qieemo.support.Repository;

/** A device that fails during a call: auto goes on on the CPU, what was asked for by name fails. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SwitchTest {
  private static final int RATE = 16_000;
  private static final RecognizerOptions AUTO = RecognizerOptions.DEFAULT.withThreads(1);
  private static final RecognizerOptions CPU = AUTO.withBackend("cpu");
  private static final RecognizerOptions NAMED = AUTO.withBackend("opencl");

  @TempDir static Path folder;
  private static SharedDevice shared;
  private static Path whole;
  private static Path streaming;

  @BeforeAll
  static void load() throws IOException {
    shared = new SharedDevice(OpenCl.deviceOrSkip());
    whole = convert("cma-both");
    streaming = convert("chunk-left");
  }

  private static Path convert(String golden) throws IOException {
    Path gguf = folder.resolve(golden + ".gguf");
    ConvertOptions options = new ConvertOptions(WeightType.F32, null, FrontEndChoice.AUTO);
    Path checkpoint = Repository.goldens().resolve(golden);
    Converter.convert(new ConversionRequest(checkpoint, gguf, options), ConversionListener.SILENT);
    return gguf;
  }

  @AfterAll
  static void free() {
    if (shared != null) {
      shared.free();
    }
  }

  private static Audio voice(double seconds) {
    Random random = new Random(5);
    float[] samples = new float[(int) (seconds * RATE)];
    for (int i = 0; i < samples.length; i++) {
      double tone = Math.sin(i * 0.05 + Math.sin(i * 0.0007));
      samples[i] = (float) (0.3 * tone + 0.05 * random.nextGaussian());
    }
    return new Audio(samples, RATE);
  }

  private static EmotionRecognizer on(CountingDevice device, Path model, RecognizerOptions options)
      throws IOException {
    return Recognizers.on(model, DeviceBackend.open(device), options);
  }

  private static Map<String, Double> onCpu(Audio audio) throws IOException {
    try (EmotionRecognizer recognizer = EmotionRecognizer.open(whole, CPU)) {
      return recognizer.classify(audio).scores();
    }
  }

  /** How many of a kind a first call needs. */
  private static int needed(Fault fault, Audio audio) throws IOException {
    CountingDevice device = new CountingDevice(shared);
    try (EmotionRecognizer recognizer = on(device, whole, AUTO)) {
      int before = device.made(fault);
      recognizer.classify(audio);
      return device.made(fault) - before;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ALLOCATION", "QUEUE", "COMMAND"})
  void whateverFailsInACallTheCallSucceedsOnTheCpu(Fault fault) throws IOException {
    Audio audio = voice(0.5);
    Map<String, Double> expected = onCpu(audio);
    int total = needed(fault, audio);
    assertTrue(total >= 1, fault + ": " + total);
    for (int n = 1; n <= total; n++) {
      String what = fault + " " + n + " of " + total;
      List<String> warnings = new ArrayList<>();
      CountingDevice device = new CountingDevice(shared);
      try (EmotionRecognizer recognizer = on(device, whole, AUTO.withWarnings(warnings::add))) {
        assertEquals("opencl", recognizer.backend().name());
        device.failAt(fault, n);
        assertEquals(expected, recognizer.classify(audio).scores(), what);
        assertEquals(0, device.live(), what);
        assertTrue(device.isClosed(), what);
        assertEquals("cpu", recognizer.backend().name(), what);
        assertEquals(warnings, recognizer.backend().warnings(), what);
        assertEquals(expected, recognizer.classify(audio).scores(), what);
      }
      assertEquals(1, warnings.size(), what);
      String warning = warnings.get(0);
      assertTrue(warning.matches("opencl failed: injected: .*; cpu runs from here on"), warning);
    }
  }

  @Test
  void whatWasAskedForByNameStaysAnError() throws IOException {
    Audio audio = voice(0.5);
    CountingDevice device = new CountingDevice(shared);
    List<String> warnings = new ArrayList<>();
    try (EmotionRecognizer recognizer = on(device, whole, NAMED.withWarnings(warnings::add))) {
      device.failAt(Fault.ALLOCATION, 3);
      BackendException e = assertThrows(BackendException.class, () -> recognizer.classify(audio));
      assertTrue(e.getMessage().startsWith("injected: "), e.getMessage());
      assertEquals("opencl", recognizer.backend().name());
      Map<String, Double> again = recognizer.classify(audio).scores();
      onCpu(audio).forEach((label, p) -> assertEquals(p, again.get(label), 1e-4, label));
      device.loseAt(Fault.COMMAND, 7);
      assertThrows(BackendException.class, () -> recognizer.classify(audio));
      assertThrows(BackendException.class, () -> recognizer.classify(audio));
    }
    assertEquals(List.of(), warnings);
    assertEquals(0, device.live());
    assertTrue(device.isClosed());
  }

  /** At whatever command of whatever call the device is lost. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 40, 90, 150, 400, 800})
  void concurrentCallsAllSucceedAndTheSwitchHappensOnce(int command) throws Exception {
    Audio audio = voice(0.5);
    Map<String, Double> expected = onCpu(audio);
    List<String> warnings = new CopyOnWriteArrayList<>();
    CountingDevice device = new CountingDevice(shared);
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try (EmotionRecognizer recognizer = on(device, whole, AUTO.withWarnings(warnings::add))) {
      device.loseAt(Fault.COMMAND, command);
      Callable<Map<String, Double>> call = () -> recognizer.classify(audio).scores();
      List<Future<Map<String, Double>>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        answers.add(threads.submit(call));
      }
      for (Future<Map<String, Double>> answer : answers) {
        Map<String, Double> found = answer.get();
        expected.forEach((label, p) -> assertEquals(p, found.get(label), 1e-4, label));
      }
      assertEquals("cpu", recognizer.backend().name());
      assertEquals(0, device.live(), "after the last call on it");
      assertTrue(device.isClosed());
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, warnings.size(), warnings.toString());
  }

  /** Closing waits for a call that moves on to the CPU, and the call still succeeds. */
  @Test
  void closingDuringTheSwitchWaitsForTheCall() throws Exception {
    Audio audio = voice(0.5);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    List<Future<?>> closed = new CopyOnWriteArrayList<>();
    CountingDevice device = new CountingDevice(shared);
    EmotionRecognizer[] it = new EmotionRecognizer[1];
    it[0] =
        on(
            device,
            whole,
            AUTO.withWarnings(warning -> closed.add(threads.submit(() -> it[0].close()))));
    device.loseAt(Fault.COMMAND, 30);
    assertEquals(onCpu(audio), it[0].classify(audio).scores());
    closed.get(0).get();
    threads.shutdown();
    assertEquals(0, device.live());
    assertThrows(IllegalStateException.class, () -> it[0].classify(audio));
  }

  /** Streams with caches on the device hear again what the CPU has to know. */
  @ParameterizedTest
  @ValueSource(ints = {1, 30, 100, 333, 1000, 2500})
  void aStreamGoesOnWithoutAGap(int command) throws IOException {
    Audio audio = voice(40);
    TimelineOptions options = TimelineOptions.DEFAULT.withWindow(2, 1).withMerge(false);
    List<TimelineSegment> expected;
    try (EmotionRecognizer cpu = EmotionRecognizer.open(streaming, CPU)) {
      expected = listen(cpu, audio, options);
    }
    assertTrue(expected.size() > 30, "segments: " + expected.size());
    List<String> warnings = new ArrayList<>();
    CountingDevice device = new CountingDevice(shared);
    try (EmotionRecognizer moving = on(device, streaming, AUTO.withWarnings(warnings::add))) {
      device.loseAt(Fault.COMMAND, command);
      List<TimelineSegment> found = listen(moving, audio, options);
      assertEquals(expected.size(), found.size());
      for (int i = 0; i < found.size(); i++) {
        assertEquals(expected.get(i).start(), found.get(i).start());
        assertEquals(expected.get(i).end(), found.get(i).end());
        Map<String, Double> scores = scores(found.get(i));
        scores(expected.get(i)).forEach((k, p) -> assertEquals(p, scores.get(k), 1e-4, k));
      }
      assertEquals("cpu", moving.backend().name());
      assertEquals(0, device.live());
    }
    assertEquals(1, warnings.size(), warnings.toString());
  }

  private static Map<String, Double> scores(TimelineSegment segment) {
    return segment.emotion().orElseThrow().scores();
  }

  private static List<TimelineSegment> listen(
      EmotionRecognizer recognizer, Audio audio, TimelineOptions options) {
    List<TimelineSegment> segments = new ArrayList<>();
    int piece = RATE / 3;
    try (EmotionStream stream = recognizer.stream(RATE, options)) {
      for (int at = 0; at < audio.samples().length; at += piece) {
        int count = Math.min(piece, audio.samples().length - at);
        segments.addAll(stream.push(audio.samples(), at, count));
      }
      segments.addAll(stream.finish());
    }
    assertFalse(segments.isEmpty());
    return segments;
  }
}
