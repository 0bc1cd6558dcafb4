package org.qieemo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
 * Live audio: one hop of samples in, its answer out. The time is the latency of an answer behind
 * its last sample; divided by the hop it is the real-time factor. The embedded model hears each
 * window of 5 s anew; a {@link ChunkModel} hears each frame once, in chunks, so that some pushes
 * give no answer and others two.
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
  private static final double SAME = 1e-5;

  /** Whole windows or chunks. */
  @Param({"embedded", "chunks"})
  public String model;

  /** CPU threads of one call. */
  @Param({"1", "2"})
  public int threads;

  /** Seconds from one answer to the next. */
  @Param({"1", "0.25"})
  public double hop;

  private EmotionRecognizer recognizer;
  private EmotionStream stream;
  private float[] samples;

  private EmotionRecognizer open(RecognizerOptions options) throws IOException {
    if (model.equals("embedded")) {
      return EmotionRecognizer.embedded(options);
    }
    Path file = Files.createTempFile("chunks", ".gguf");
    ChunkModel.write(file);
    try {
      return EmotionRecognizer.open(file, options);
    } finally {
      Files.delete(file);
    }
  }

  /** Loads the model and checks that pieces give what the whole gives. */
  @Setup
  public void prepare() throws IOException {
    recognizer = open(RecognizerOptions.DEFAULT.withThreads(threads));
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
    boolean same = whole.size() == Math.round(12 / hop) && whole.size() == pieces.size();
    same &= whole.stream().filter(TimelineSegment::isSilence).count() < whole.size() / 2;
    for (int i = 0; same && i < whole.size(); i++) {
      same = difference(whole.get(i), pieces.get(i)) < SAME;
    }
    if (!same) {
      throw new IllegalStateException("pieces give " + pieces + ", the whole " + whole);
    }
    stream = recognizer.stream(RATE, options);
    stream.push(audio);
  }

  private static double difference(TimelineSegment a, TimelineSegment b) {
    double most = Math.abs(a.start() - b.start()) + Math.abs(a.end() - b.end());
    if (a.isSilence() && b.isSilence()) {
      return most; // the voice pauses
    }
    for (Map.Entry<String, Double> score : a.emotion().orElseThrow().scores().entrySet()) {
      double other = b.emotion().orElseThrow().scores().get(score.getKey());
      most = Math.max(most, Math.abs(score.getValue() - other));
    }
    return most;
  }

  /** One hop. */
  @Benchmark
  public List<TimelineSegment> hop() {
    List<TimelineSegment> answers = stream.push(samples);
    if (model.equals("embedded") && answers.size() != 1) {
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
