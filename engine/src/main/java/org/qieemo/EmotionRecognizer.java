package org.qieemo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.qieemo.audio.FrontEnd;
import org.qieemo.audio.WavReader;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.weights.FrontEndConfig.Normalization;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.GgufFile;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.ModelFile;
import org.qieemo.weights.ModelInfo;
import org.qieemo.weights.TensorNames;
import org.qieemo.weights.TensorRegistry;
import org.qieemo.weights.TensorSpec;

/**
 * Hears which emotion a voice carries.
 *
 * <pre>{@code
 * try (EmotionRecognizer recognizer = EmotionRecognizer.embedded()) {
 *   Emotion emotion = recognizer.classify(Path.of("voice.wav"));
 *   System.out.println(emotion.label() + " " + emotion.scores());
 * }
 * }</pre>
 *
 * <p>Immutable and safe for use by many threads at once; each concurrent call keeps its own
 * buffers, which are reused. {@link #close()} waits for running calls, is idempotent, and every
 * later call throws {@link IllegalStateException}. Interrupting a thread does not stop a
 * computation that it has begun, but a WAV file that it reads, with an {@link
 * AudioFormatException}; the thread stays interrupted. An error leaves the recognizer usable.
 */
public final class EmotionRecognizer implements AutoCloseable {
  /** Seconds of a file that are read at once: enough windows for a batch. */
  private static final int BLOCK_SECONDS = 8;

  private final RecognizerOptions options;
  private final BackendInfo backend;
  private final Qieemo model;
  private final FrontEnd frontEnd;
  private final CtcDecoder decoder; // null without a CTC head
  private final ForwardPool calls;

  private EmotionRecognizer(ModelFile file, RecognizerOptions options) {
    ModelConfig config = file.config();
    this.options = options;
    BackendOptions asked = options.backendOptions(workPerSecond(config));
    ModelOnBackend prepared = ModelOnBackend.of(file, options.backend(), asked);
    this.backend = prepared.info();
    this.model = prepared.model();
    this.calls = new ForwardPool(prepared.backend());
    boolean global = config.frontEnd().normalization() == Normalization.GLOBAL;
    this.frontEnd =
        new FrontEnd(
            config.frontEnd(),
            global ? file.tensor(TensorNames.CMVN_MEAN).toFloats() : null,
            global ? file.tensor(TensorNames.CMVN_ISTD).toFloats() : null);
    this.decoder = config.ctc() == null ? null : new CtcDecoder(config.ctc());
  }

  /** About how many multiply-adds a second of audio takes: each weight once per encoder frame. */
  private static double workPerSecond(ModelConfig config) {
    double weights = 0;
    for (TensorSpec spec : TensorRegistry.of(config)) {
      double elements = 1;
      for (int size : spec.shape()) {
        elements *= size;
      }
      weights += elements;
    }
    return weights / config.frameSeconds();
  }

  /** Loads a model file with default options. */
  public static EmotionRecognizer open(Path model) throws IOException {
    return open(model, RecognizerOptions.DEFAULT);
  }

  /**
   * Loads a model file.
   *
   * @throws ModelFormatException if it is no model that this engine runs
   * @throws IOException if it cannot be read
   * @throws org.qieemo.kernels.BackendException if the back end cannot run here
   */
  public static EmotionRecognizer open(Path model, RecognizerOptions options) throws IOException {
    return of(GgufReader.read(model), options);
  }

  /**
   * Loads a model from a stream, which is read to its end and not closed.
   *
   * @param name stands for the file in messages
   */
  public static EmotionRecognizer open(InputStream model, String name, RecognizerOptions options)
      throws IOException {
    return of(GgufReader.read(model, name), options);
  }

  /** Loads the embedded model with default options. */
  public static EmotionRecognizer embedded() throws IOException {
    return embedded(RecognizerOptions.DEFAULT);
  }

  /** Loads the embedded model. */
  public static EmotionRecognizer embedded(RecognizerOptions options) throws IOException {
    return of(EmbeddedModel.read(), options);
  }

  private static EmotionRecognizer of(GgufFile file, RecognizerOptions options)
      throws ModelFormatException {
    return new EmotionRecognizer(ModelFile.of(file), options);
  }

  /** Where the model comes from. */
  public ModelInfo info() {
    return model.config().info();
  }

  /** Everything that the model file says. */
  public ModelConfig config() {
    return model.config();
  }

  /** The labels, in order; empty if the model cannot classify. */
  public List<String> labels() {
    FusionConfig fusion = model.config().fusion();
    return fusion == null ? List.of() : fusion.labels();
  }

  /**
   * The labels that an answer with these options chooses among, in the model's order.
   *
   * @throws IllegalArgumentException if the options name a label that the model does not have
   * @throws UnsupportedByModelException if the model has no emotion head
   */
  public List<String> labels(DecisionOptions options) {
    return decision(options).labels();
  }

  /** Whether the model has an emotion head. */
  public boolean canClassify() {
    return model.config().fusion() != null;
  }

  /** Whether the model has a CTC head. */
  public boolean canTranscribe() {
    return decoder != null;
  }

  /** The back end that runs: its name, one sentence about it, and which others were given up. */
  public BackendInfo backend() {
    return backend;
  }

  /**
   * Hears the emotion of a WAV file.
   *
   * @throws AudioFormatException if the file is no WAV that this engine reads
   * @throws InvalidAudioException if it is too short or too long
   * @throws UnsupportedByModelException if the model has no emotion head
   */
  public Emotion classify(Path wav) throws IOException {
    return classify(Audio.read(wav));
  }

  /** Hears the emotion of one utterance; errors as {@link #classify(Path)}. */
  public Emotion classify(Audio audio) {
    return classify(audio, DecisionOptions.DEFAULT);
  }

  /**
   * Hears the emotion of one utterance; errors as {@link #classify(Path)}.
   *
   * @throws IllegalArgumentException if the options name a label that the model does not have
   */
  public Emotion classify(Audio audio, DecisionOptions options) {
    return classifyAll(List.of(audio), options).get(0);
  }

  /** As {@link #classifyAll(List, DecisionOptions)} with {@link DecisionOptions#DEFAULT}. */
  public List<Emotion> classifyAll(List<Audio> batch) {
    return classifyAll(batch, DecisionOptions.DEFAULT);
  }

  /**
   * Hears the emotions of several utterances in one run, in their order. Each result is
   * bit-identical to that of the utterance alone.
   */
  public List<Emotion> classifyAll(List<Audio> batch, DecisionOptions options) {
    Decision decision = decision(options);
    if (batch.isEmpty()) {
      return List.of();
    }
    FeatureBatch features = features(batch);
    EmotionLogits logits = calls.run(forward -> model.classify(forward, features));
    List<Emotion> emotions = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      emotions.add(
          new Emotion(
              decision,
              decision.probabilities(logits.utterance(i)),
              batch.get(i).seconds(),
              curve(decision, logits, i)));
    }
    return emotions;
  }

  /**
   * Begins to hear audio that arrives in pieces. Any number of streams may run at once. Encoders
   * that see chunks only hear each frame once, with caches for what went before; others hear each
   * window anew.
   *
   * @param sampleRate Hz, 1000 to 768000
   * @throws IllegalArgumentException if the options do not fit the model
   * @throws UnsupportedByModelException if the model has no emotion head
   */
  public EmotionStream stream(int sampleRate, TimelineOptions options) {
    Decision decision = decision(options.decision());
    if (options.windowSeconds() * 1000 < leastMillis()) {
      throw new IllegalArgumentException(
          "windows of "
              + options.windowSeconds()
              + " s are too short: the model needs "
              + leastMillis()
              + " ms");
    }
    SpanScorer scorer =
        model.canStream()
            ? new ChunkScorer(model, frontEnd, calls)
            : new WindowScorer(model, frontEnd, calls);
    return new EmotionStream(frontEnd.stream(sampleRate), sampleRate, scorer, decision, options);
  }

  /**
   * The timeline of a WAV file, in memory; errors as {@link #timeline(Path, TimelineOptions,
   * Consumer)}.
   */
  public Timeline timeline(Path wav, TimelineOptions options) throws IOException {
    List<TimelineSegment> segments = new ArrayList<>();
    double seconds = timeline(wav, options, segments::add);
    return new Timeline(segments, seconds);
  }

  /**
   * Hears a WAV file of any length, read block by block: memory does not grow with it, time grows
   * in proportion.
   *
   * @param segments is told of each segment in the order of time, by the calling thread
   * @return duration of the audio in seconds
   * @throws AudioFormatException if the file is no WAV that this engine reads
   * @throws InvalidAudioException if it is too short
   */
  public double timeline(Path wav, TimelineOptions options, Consumer<TimelineSegment> segments)
      throws IOException {
    try (WavReader reader = WavReader.open(wav);
        EmotionStream stream = stream(reader.sampleRate(), options)) {
      float[] block = new float[BLOCK_SECONDS * reader.sampleRate()];
      for (int n = reader.read(block, 0, block.length);
          n > 0;
          n = reader.read(block, 0, block.length)) {
        stream.push(block, 0, n).forEach(segments);
      }
      requireLongEnough(stream.seconds());
      stream.finish().forEach(segments);
      return stream.seconds();
    }
  }

  /** The timeline of audio in memory. */
  public Timeline timeline(Audio audio, TimelineOptions options) {
    requireLongEnough(audio.seconds());
    try (EmotionStream stream = stream(audio.sampleRate(), options)) {
      List<TimelineSegment> segments = new ArrayList<>(stream.push(audio.samples()));
      segments.addAll(stream.finish());
      return new Timeline(segments, stream.seconds());
    }
  }

  private void requireLongEnough(double seconds) {
    if (seconds * 1000 < leastMillis()) {
      throw tooShort(seconds);
    }
  }

  private InvalidAudioException tooShort(double seconds) {
    return new InvalidAudioException(
        seconds(seconds) + " s of audio are too short: the model needs " + leastMillis() + " ms");
  }

  /**
   * Writes down what was said: greedy CTC.
   *
   * @throws UnsupportedByModelException if the model has no CTC head
   */
  public String transcribe(Audio audio) {
    requireTranscriber();
    FeatureBatch features = features(List.of(audio));
    return decoder.decode(calls.run(forward -> model.ctcLogits(forward, features)));
  }

  /**
   * The words that were said and when, by greedy CTC; errors as {@link #transcribe}.
   *
   * @return in the order of time
   */
  public List<Word> words(Audio audio) {
    WordStream stream = wordStream(audio.sampleRate());
    requireLongEnough(audio.seconds());
    List<Word> words = new ArrayList<>();
    int block = BLOCK_SECONDS * audio.sampleRate();
    for (int at = 0; at < audio.samples().length; at += block) {
      int count = Math.min(block, audio.samples().length - at);
      words.addAll(stream.push(audio.samples(), at, count));
    }
    words.addAll(stream.finish());
    return words;
  }

  /**
   * The words of a WAV file of any length, read block by block.
   *
   * @param words is told of each word in the order of time, by the calling thread
   * @return duration of the audio in seconds
   * @throws AudioFormatException if the file is no WAV that this engine reads
   * @throws UnsupportedByModelException if the model has no CTC head
   */
  public double words(Path wav, Consumer<Word> words) throws IOException {
    try (WavReader reader = WavReader.open(wav)) {
      WordStream stream = wordStream(reader.sampleRate());
      float[] block = new float[BLOCK_SECONDS * reader.sampleRate()];
      for (int n = reader.read(block, 0, block.length);
          n > 0;
          n = reader.read(block, 0, block.length)) {
        stream.push(block, 0, n).forEach(words);
      }
      double seconds = (double) reader.position() / reader.sampleRate();
      requireLongEnough(seconds);
      stream.finish().forEach(words);
      return seconds;
    }
  }

  private WordStream wordStream(int sampleRate) {
    requireTranscriber();
    ModelConfig config = model.config();
    CtcAligner aligner = new CtcAligner(config.ctc(), decoder, config.frameSeconds());
    return new WordStream(model, frontEnd, calls, frontEnd.stream(sampleRate), aligner);
  }

  /**
   * Reads the values at a place in the model.
   *
   * @throws UnsupportedByModelException if the model has no such place
   */
  public FeatureMatrix features(Audio audio, Tap tap) {
    requireTap(tap);
    int bins = model.config().frontEnd().melBins();
    if (tap == Tap.FBANK) {
      float[] fbank = frontEnd.fbank(audio.samples(), audio.sampleRate());
      return new FeatureMatrix(fbank.length / bins, bins, fbank);
    }
    FeatureBatch batch = features(List.of(audio));
    if (tap == Tap.FEATURES) {
      float[] features = frontEnd.features(audio.samples(), audio.sampleRate());
      return new FeatureMatrix(features.length / bins, bins, features);
    }
    if (tap == Tap.FRAME_EMOTION) {
      return frameEmotion(calls.run(forward -> model.classify(forward, batch)));
    }
    return calls.run(forward -> listen(forward, batch, tap));
  }

  private FeatureMatrix listen(Forward forward, FeatureBatch batch, Tap tap) {
    FeatureMatrix[] heard = new FeatureMatrix[1];
    forward.listen(
        (name, tensor, execution) -> {
          if (name.equals(tap.layer())) {
            float[] values = new float[Math.multiplyExact(tensor.rows(), tensor.cols())];
            execution.read(tensor, values, 0);
            heard[0] = new FeatureMatrix(tensor.rows(), tensor.cols(), values);
          }
        });
    try {
      if (tap == Tap.PPG || tap == Tap.CTC_LOGITS) {
        model.ctcLogits(forward, batch);
      } else {
        model.listenToEncoder(forward, batch);
      }
    } finally {
      forward.listen(null);
    }
    return heard[0];
  }

  private FeatureMatrix frameEmotion(EmotionLogits logits) {
    Decision decision = decision(DecisionOptions.DEFAULT);
    int labels = labels().size();
    float[] values = new float[logits.frames(0) * labels];
    for (int t = 0; t < logits.frames(0); t++) {
      double[] row = decision.probabilities(logits.frame(0, t));
      for (int k = 0; k < labels; k++) {
        values[t * labels + k] = (float) row[k];
      }
    }
    return new FeatureMatrix(logits.frames(0), labels, values);
  }

  private FeatureBatch features(List<Audio> batch) {
    List<float[]> features = new ArrayList<>(batch.size());
    int bins = model.config().frontEnd().melBins();
    for (Audio audio : batch) {
      if (audio.seconds() > options.maxSeconds()) {
        throw new InvalidAudioException(
            seconds(audio.seconds())
                + " s of audio exceed the limit of "
                + options.maxSeconds()
                + " s: cut it, or take a timeline (--timeline)");
      }
      float[] utterance = frontEnd.features(audio.samples(), audio.sampleRate());
      if (model.config().subsampling().outputFrames(utterance.length / bins) < 1) {
        throw tooShort(audio.seconds());
      }
      features.add(utterance);
    }
    return new FeatureBatch(features, bins);
  }

  /** The shortest audio that gives an encoder frame, in milliseconds. */
  private int leastMillis() {
    int rate = model.config().frontEnd().sampleRate();
    int least = model.config().subsampling().leastFrames();
    int millis = 1;
    while (frontEnd.frames((int) (millis * (long) rate / 1000), rate) < least) {
      millis++;
    }
    return millis;
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }

  private Decision decision(DecisionOptions options) {
    requireClassifier();
    return new Decision(model.config().fusion(), options);
  }

  private EmotionCurve curve(Decision decision, EmotionLogits logits, int utterance) {
    if (!model.hasFrameLogits()) {
      return null;
    }
    double[][] rows = new double[logits.frames(utterance)][];
    for (int t = 0; t < rows.length; t++) {
      rows[t] = decision.probabilities(logits.frame(utterance, t));
    }
    return new EmotionCurve(decision.labels(), model.config().frameSeconds(), rows);
  }

  private void requireClassifier() {
    if (!canClassify()) {
      throw new UnsupportedByModelException(
          "the model has no emotion head: it can transcribe and give features, not classify");
    }
  }

  private void requireTranscriber() {
    if (!canTranscribe()) {
      throw new UnsupportedByModelException("the model has no CTC head: it cannot transcribe");
    }
  }

  private void requireTap(Tap tap) {
    if (tap == Tap.FRAME_EMOTION) {
      requireClassifier();
      if (!model.hasFrameLogits()) {
        throw new UnsupportedByModelException(
            "the model pools statistics: it has no frame emotion");
      }
    }
    if (tap == Tap.PPG || tap == Tap.CTC_LOGITS) {
      requireTranscriber();
    }
    int blocks = model.config().encoder().blocks();
    if (tap.block() > blocks) {
      throw new UnsupportedByModelException(
          "no block " + tap.block() + ": the encoder has blocks 1 to " + blocks);
    }
  }

  /** Waits for running calls and frees everything; idempotent. */
  @Override
  public void close() {
    calls.close();
  }
}
