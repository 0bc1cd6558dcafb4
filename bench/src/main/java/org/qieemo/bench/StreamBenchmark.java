package org.qieemo.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
import org.qieemo.EmotionRecognizer;
import org.qieemo.EmotionStream;
import org.qieemo.RecognizerOptions;
import org.qieemo.TimelineOptions;
import org.qieemo.TimelineSegment;

/**
 * Live audio on the embedded model: one hop of samples in, its answer out. The time is the latency
 * of an answer behind its last sample; divided by the hop it is the real-time factor.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 7, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class StreamBenchmark {
  private static final int RATE = 16_000;

  /** CPU threads of one call. */
  @Param({"1", "2"})
  public int threads;

  /** Seconds from one answer to the next. */
  @Param({"1", "0.25"})
  public double hop;

  private EmotionRecognizer recognizer;
  private EmotionStream stream;
  private float[] samples;

  /** Loads the model and checks that pieces give what the whole gives. */
  @Setup
  public void prepare() throws IOException {
    recognizer = EmotionRecognizer.embedded(RecognizerOptions.DEFAULT.withThreads(threads));
    TimelineOptions options = TimelineOptions.LIVE.withWindow(5, hop).withSilenceDb(-200);
    samples = Numbers.voice(hop, RATE);
    float[] audio = Numbers.voice(12, RATE);
    List<TimelineSegment> pieces = new ArrayList<>();
    try (EmotionStream checked = recognizer.stream(RATE, options)) {
      for (int at = 0; at < audio.length; at += 1_000) {
        int to = Math.min(audio.length, at + 1_000);
        pieces.addAll(checked.push(Arrays.copyOfRange(audio, at, to)));
      }
      pieces.addAll(checked.finish());
    }
    List<TimelineSegment> whole = recognizer.timeline(new Audio(audio, RATE), options).segments();
    if (!whole.toString().equals(pieces.toString()) || whole.size() != Math.round(12 / hop)) {
      throw new IllegalStateException("pieces give " + pieces + ", the whole " + whole);
    }
    stream = recognizer.stream(RATE, options);
    stream.push(audio);
  }

  /** One hop. */
  @Benchmark
  public List<TimelineSegment> hop() {
    List<TimelineSegment> answers = stream.push(samples);
    if (answers.size() != 1) {
      throw new IllegalStateException(answers.size() + " answers");
    }
    return answers;
  }

  /** Frees the model. */
  @TearDown
  public void close() {
    stream.close();
    recognizer.close();
  }
}
