package org.qieemo.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.qieemo.Audio;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;

/** The embedded model, samples to emotion, front end included. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 7, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class ClassifyBenchmark {
  /** Which kernels run. */
  @Param({"vector", "plain"})
  public String kernels;

  /** CPU threads of one call. */
  @Param({"1", "2"})
  public int threads;

  /** Seconds of audio. */
  @Param({"2", "5", "16"})
  public double seconds;

  private EmotionRecognizer recognizer;
  private Audio audio;

  /** Loads the model and checks that it gives probabilities. */
  @Setup
  public void prepare() throws IOException {
    System.setProperty("qieemo.cpu.kernels", kernels);
    recognizer = EmotionRecognizer.embedded(RecognizerOptions.DEFAULT.withThreads(threads));
    audio = new Audio(Numbers.voice(seconds, 16_000), 16_000);
    double total = recognizer.classify(audio).scores().values().stream().mapToDouble(p -> p).sum();
    if (Math.abs(total - 1) > 1e-9) {
      throw new IllegalStateException("probabilities sum to " + total);
    }
  }

  /** One utterance. */
  @Benchmark
  public Emotion classify() {
    return recognizer.classify(audio);
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    recognizer.close();
  }
}
