package org.qieemo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.qieemo.audio.FrontEnd;
import org.qieemo.audio.WavReader;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.EncoderStream;
import org.qieemo.model.FeatureBatch;
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
 *
 * <p>A GPU that was chosen automatically and fails, during a call or for good, is given up with one
 * warning: the call, and all later ones, run on the CPU. For this the weights stay in memory. One
 * that was named in the options is not replaced: its failures are {@link
 * org.qieemo.kernels.BackendException}s.
 */
public final class EmotionRecognizer implements AutoCloseable {
  private static final String EMBEDDED = "embedded.gguf";

  /** Seconds of a file that are read at once: enough windows for a batch. */
  private static final int BLOCK_SECONDS = 8;

  private final ModelConfig config;
  private final FrontEnd frontEnd;
  private final CtcDecoder decoder; // null without a CTC head
  private final ModelCalls calls;
  private final UtteranceFeatures utterances;
  private final TapReader taps;

  private EmotionRecognizer(ModelFile file, RecognizerOptions options) {
    this(file, options, ModelOnBackend.of(file, options.backend(), asked(file, options)));
    calls.info().warnings().forEach(options.warnings());
  }

  /**
   * Runs on a back end that is open already.
   *
   * @param prepared the file's model, closed with the recognizer
   */
  EmotionRecognizer(ModelFile file, RecognizerOptions options, ModelOnBackend prepared) {
    config = file.config();
    boolean mayMove = options.backend().equals(Backends.AUTO) && !prepared.isOnCpu();
    Supplier<ModelOnBackend> instead = () -> ModelOnBackend.onCpu(file, asked(file, options));
    calls = new ModelCalls(prepared, mayMove ? instead : null, options.warnings());
    boolean global = config.frontEnd().normalization() == Normalization.GLOBAL;
    frontEnd =
        new FrontEnd(
            config.frontEnd(),
            global ? file.tensor(TensorNames.CMVN_MEAN).toFloats() : null,
            global ? file.tensor(TensorNames.CMVN_ISTD).toFloats() : null);
    decoder = config.ctc() == null ? null : new CtcDecoder(config.ctc());
    utterances = new UtteranceFeatures(config, frontEnd, options.maxSeconds());
    taps = new TapReader(config, frontEnd, calls, utterances);
  }

  private static BackendOptions asked(ModelFile file, RecognizerOptions options) {
    return options.backendOptions(workPerSecond(file.config()));
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
    try (InputStream in = EmotionRecognizer.class.getResourceAsStream(EMBEDDED)) {
      if (in == null) {
        throw new IOException("this build has no embedded model; give a model file");
      }
      return open(in, "embedded model", options);
    }
  }

  private static EmotionRecognizer of(GgufFile file, RecognizerOptions options)
      throws ModelFormatException {
    return new EmotionRecognizer(ModelFile.of(file), options);
  }

  /** Where the model comes from. */
  public ModelInfo info() {
    return config.info();
  }

  /** Everything that the model file says. */
  public ModelConfig config() {
    return config;
  }

  /** The labels, in order; empty if the model cannot classify. */
  public List<String> labels() {
    FusionConfig fusion = config.fusion();
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
    return config.fusion() != null;
  }

  /** Whether the model has a CTC head. */
  public boolean canTranscribe() {
    return decoder != null;
  }

  /**
   * The back end that runs now: its name, one sentence about it, and which others were given up.
   */
  public BackendInfo backend() {
    return calls.info();
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
    FeatureBatch features = utterances.of(batch);
    EmotionLogits logits = calls.run((model, forward) -> model.classify(forward, features));
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
    if (options.windowSeconds() * 1000 < utterances.leastMillis()) {
      throw new IllegalArgumentException(
          "windows of "
              + options.windowSeconds()
              + " s are too short: the model needs "
              + utterances.leastMillis()
              + " ms");
    }
    SpanScorer scorer =
        EncoderStream.supports(config)
            ? new ChunkScorer(config, frontEnd, calls)
            : new WindowScorer(config, frontEnd, calls);
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
      utterances.requireLongEnough(stream.seconds());
      stream.finish().forEach(segments);
      return stream.seconds();
    }
  }

  /** The timeline of audio in memory. */
  public Timeline timeline(Audio audio, TimelineOptions options) {
    utterances.requireLongEnough(audio.seconds());
    try (EmotionStream stream = stream(audio.sampleRate(), options)) {
      List<TimelineSegment> segments = new ArrayList<>(stream.push(audio.samples()));
      segments.addAll(stream.finish());
      return new Timeline(segments, stream.seconds());
    }
  }

  /**
   * Writes down what was said: greedy CTC.
   *
   * @throws UnsupportedByModelException if the model has no CTC head
   */
  public String transcribe(Audio audio) {
    Abilities.requireTranscriber(config);
    FeatureBatch features = utterances.of(List.of(audio));
    return decoder.decode(calls.run((model, forward) -> model.ctcLogits(forward, features)));
  }

  /**
   * The words that were said and when, by greedy CTC; errors as {@link #transcribe}.
   *
   * @return in the order of time
   */
  public List<Word> words(Audio audio) {
    WordStream stream = wordStream(audio.sampleRate());
    utterances.requireLongEnough(audio.seconds());
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
      utterances.requireLongEnough(seconds);
      stream.finish().forEach(words);
      return seconds;
    }
  }

  private WordStream wordStream(int sampleRate) {
    Abilities.requireTranscriber(config);
    CtcAligner aligner = new CtcAligner(config.ctc(), decoder, config.frameSeconds());
    return new WordStream(config, frontEnd, calls, frontEnd.stream(sampleRate), aligner);
  }

  /**
   * Reads the values at a place in the model.
   *
   * @throws UnsupportedByModelException if the model has no such place
   */
  public FeatureMatrix features(Audio audio, Tap tap) {
    return taps.read(audio, tap);
  }

  private Decision decision(DecisionOptions options) {
    Abilities.requireClassifier(config);
    return new Decision(config.fusion(), options);
  }

  private EmotionCurve curve(Decision decision, EmotionLogits logits, int utterance) {
    if (!taps.hasFrameEmotion()) {
      return null;
    }
    double[][] rows = new double[logits.frames(utterance)][];
    for (int t = 0; t < rows.length; t++) {
      rows[t] = decision.probabilities(logits.frame(utterance, t));
    }
    return new EmotionCurve(decision.labels(), config.frameSeconds(), rows);
  }

  /** Waits for running calls and frees everything; idempotent. */
  @Override
  public void close() {
    calls.close();
  }
}
