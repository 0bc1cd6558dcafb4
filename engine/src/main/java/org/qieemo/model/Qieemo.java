package org.qieemo.model;

import java.util.List;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.FusionConfig.CmaQuery;
import org.qieemo.weights.FusionConfig.Mmf;
import org.qieemo.weights.FusionConfig.PoolingKind;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.ModelFile;

/**
 * The model. Features [T, F] pass the encoder; its last layer and the CTC head give the
 * posteriorgram P, its tapped blocks the emotional features E; MMF and CMA join them; the head
 * names the emotion.
 *
 * <p>Immutable and shared by threads: what a run needs is in its {@link Forward}.
 */
public final class Qieemo {
  private final ModelConfig config;
  private final ConformerEncoder encoder;
  private final CtcHead ctc; // null without
  private final Taps taps; // this and what follows: null for an encoder that cannot classify
  private final Ppg ppg; // null when neither MMF nor CMA is on
  private final EmotionFeatures emotion;
  private final MultimodalFusion mmf; // null when off
  private final CrossModalAttention cmaEmotion; // null when off
  private final CrossModalAttention cmaPpg; // null when off
  private final EmotionHead head;

  /** Prepares the weights of a file on a back end. */
  public Qieemo(Backend backend, ModelFile file) {
    WeightScope scope = new WeightScope(backend, file, "");
    config = file.config();
    encoder = new ConformerEncoder(scope);
    ctc = config.ctc() == null ? null : new CtcHead(scope);
    FusionConfig fusion = config.fusion();
    boolean classifies = fusion != null;
    taps = classifies ? new Taps(scope, encoder.afterNorm()) : null;
    ppg = classifies && fusion.usesPpg() ? new Ppg(scope, ctc) : null;
    emotion = classifies ? new EmotionFeatures(scope) : null;
    mmf = classifies && fusion.mmf() != Mmf.OFF ? new MultimodalFusion(scope) : null;
    cmaEmotion = crossModal(scope, CmaQuery.EMOTION);
    cmaPpg = crossModal(scope, CmaQuery.PPG);
    head = classifies ? new EmotionHead(scope) : null;
  }

  private static CrossModalAttention crossModal(WeightScope scope, CmaQuery query) {
    FusionConfig fusion = scope.config().fusion();
    return fusion != null && fusion.cma().has(query) ? new CrossModalAttention(scope, query) : null;
  }

  /** What the model file says. */
  public ModelConfig config() {
    return config;
  }

  /** Whether single frames have logits; see {@link PoolingKind#STATS}. */
  public boolean hasFrameLogits() {
    return head != null && head.hasFrameLogits();
  }

  /**
   * Hears the emotion of a batch.
   *
   * @param batch normalised features; every utterance gives at least one encoder frame
   * @throws IllegalStateException if the model cannot classify
   */
  public EmotionLogits classify(Forward f, FeatureBatch batch) {
    if (head == null) {
      throw new IllegalStateException("the model has no emotion head");
    }
    Execution exec = f.exec;
    int mark = exec.mark();
    Tensor features = begin(f, batch);
    int frames = f.frames().rows();
    int w = config.fusion().width();

    Tensor h = exec.take(frames, config.encoder().width());
    Tensor e = exec.take(frames, config.encoder().width());
    encoder.forward(f, features, h, taps, e, lastBlock(f));

    Tensor streams = exec.take(frames, 2 * w);
    project(f, h, e, streams);
    EmotionLogits result = decide(f, streams);
    exec.release(mark);
    return result;
  }

  /** Without the textual features nothing above the highest tap is heard. */
  private int lastBlock(Forward f) {
    return ppg == null && !f.isListening() ? taps.last() : config.encoder().blocks();
  }

  /** Whether the model can be heard frame by frame; see {@link EncoderStream#supports}. */
  public boolean canStream() {
    return EncoderStream.supports(config);
  }

  /**
   * Begins a stream.
   *
   * @param f for this stream alone; closed with it
   * @param history most encoder frames of the past that are kept where the model sees all of them
   * @throws IllegalStateException if the model cannot stream
   */
  public EncoderStream openStream(Forward f, int history) {
    if (!canStream()) {
      throw new IllegalStateException("the encoder looks ahead: it cannot stream");
    }
    return new EncoderStream(this, f, history);
  }

  /** Hears the next frames of a stream. */
  void step(Forward f, float[] features, EncoderCache cache, EncoderStream.FrameListener listener) {
    Execution exec = f.exec;
    int mark = exec.mark();
    Tensor rows = begin(f, new FeatureBatch(List.of(features), config.frontEnd().melBins()));
    f.continueBehind(config.subsampling(), cache.frames());
    int frames = f.frames().rows();
    Tensor h = exec.take(frames, config.encoder().width());
    boolean classifies = head != null;
    Tensor e = classifies ? exec.take(frames, config.encoder().width()) : null;
    encoder.forward(f, rows, h, taps, e, config.encoder().blocks(), cache);
    if (classifies) {
      Tensor streams = exec.take(frames, 2 * config.fusion().width());
      project(f, h, e, streams);
      float[] values = new float[frames * streams.cols()];
      exec.read(streams, values, 0);
      listener.onFrames(values);
    }
    exec.release(mark);
  }

  /**
   * Hears the emotion of stretches whose frames have passed the encoder.
   *
   * @param stretches each [P' || E'] row-major [n, 2w] of an {@link EncoderStream}, n from 1
   */
  public EmotionLogits classifyFrames(Forward f, List<float[]> stretches) {
    Execution exec = f.exec;
    int mark = exec.mark();
    int width = 2 * config.fusion().width();
    f.beginEncoded();
    stretches.forEach(stretch -> f.frames().add(stretch.length / width));
    f.announce(config.subsampling());
    Tensor streams = exec.take(f.frames().rows(), width);
    for (int i = 0; i < stretches.size(); i++) {
      writeRows(exec, stretches.get(i), streams, f.frames().start(i), f.frames().length(i));
    }
    EmotionLogits result = decide(f, streams);
    exec.release(mark);
    return result;
  }

  /** H^enc and E [T, d] to [P' || E'] [T, 2w]. */
  private void project(Forward f, Tensor h, Tensor e, Tensor streams) {
    int w = config.fusion().width();
    if (ppg != null) {
      ppg.forward(f, h, f.exec.columns(streams, 0, w));
    }
    emotion.forward(f, e, f.exec.columns(streams, w, w));
  }

  private EmotionLogits decide(Forward f, Tensor streams) {
    int w = config.fusion().width();
    Tensor p = f.exec.columns(streams, 0, w);
    Tensor u = fuse(f, streams, p, f.exec.columns(streams, w, w));
    f.show(Layer.FUSED, u);
    return name(f, u);
  }

  /** U = [M || Z_emotion || Z_ppg], of those that are on; E' if none is. */
  private Tensor fuse(Forward f, Tensor streams, Tensor p, Tensor e) {
    if (ppg == null) {
      return e;
    }
    int w = p.cols();
    int column = 0;
    Tensor u = f.exec.take(p.rows(), config.fusion().fusedWidth());
    if (mmf != null) {
      mmf.forward(f, streams, f.exec.columns(u, column, w));
      column += w;
    }
    if (cmaEmotion != null) {
      cmaEmotion.forward(f, e, p, f.exec.columns(u, column, w));
      column += w;
    }
    if (cmaPpg != null) {
      cmaPpg.forward(f, p, e, f.exec.columns(u, column, w));
    }
    return u;
  }

  private EmotionLogits name(Forward f, Tensor u) {
    Execution exec = f.exec;
    int labels = config.fusion().labels().size();
    EmotionLogits result = new EmotionLogits(f.frames(), labels, head.hasFrameLogits());
    Tensor frameLogits = null;
    if (head.hasFrameLogits()) {
      frameLogits = exec.take(u.rows(), labels);
      head.frames(f, u, frameLogits);
      exec.read(frameLogits, result.frameLogits(), 0);
    }
    Tensor utterances = exec.take(f.frames().count(), labels);
    head.pool(f, u, frameLogits, utterances);
    exec.read(utterances, result.logits(), 0);
    if (config.fusion().pooling().kind() == PoolingKind.MEAN_SOFTMAX) {
      result.takeLogarithm();
    }
    return result;
  }

  /**
   * CTC logits of a batch, row-major [frames of the batch, V].
   *
   * @throws IllegalStateException if the model has no CTC head
   */
  public float[] ctcLogits(Forward f, FeatureBatch batch) {
    if (ctc == null) {
      throw new IllegalStateException("the model has no CTC head");
    }
    int mark = f.exec.mark();
    Tensor h = encode(f, batch);
    Tensor logits = f.exec.take(h.rows(), ctc.vocabulary());
    ctc.forward(f, h, logits);
    if (f.isListening()) {
      Ppg.showPosteriorgram(f, logits);
    }
    float[] result = new float[Math.multiplyExact(logits.rows(), logits.cols())];
    f.exec.read(logits, result, 0);
    f.exec.release(mark);
    return result;
  }

  /** Runs the encoder alone, for a listener. */
  public void listenToEncoder(Forward f, FeatureBatch batch) {
    int mark = f.exec.mark();
    encode(f, batch);
    f.exec.release(mark);
  }

  private Tensor encode(Forward f, FeatureBatch batch) {
    Tensor features = begin(f, batch);
    Tensor h = f.exec.take(f.frames().rows(), config.encoder().width());
    encoder.forward(f, features, h, null, null, config.encoder().blocks());
    return h;
  }

  private Tensor begin(Forward f, FeatureBatch batch) {
    f.begin(config.subsampling());
    for (int i = 0; i < batch.size(); i++) {
      f.addUtterance(config.subsampling(), batch.frames(i));
      if (f.frames().length(i) == 0) {
        throw new IllegalArgumentException(
            "utterance "
                + i
                + " has "
                + batch.frames(i)
                + " feature frames, too few for one frame");
      }
    }
    f.announce(config.subsampling());
    int bins = config.frontEnd().melBins();
    Tensor features = f.exec.take(f.stage(0).rows(), bins);
    for (int i = 0; i < batch.size(); i++) {
      writeRows(f.exec, batch.features(i), features, f.stage(0).start(i), batch.frames(i));
    }
    return features;
  }

  /**
   * Leaves no view behind: what is taken later has the same place in the stack of buffers, and so
   * the same memory, for any number of utterances.
   */
  private static void writeRows(Execution exec, float[] values, Tensor to, int from, int count) {
    int mark = exec.mark();
    exec.write(values, 0, exec.rows(to, from, count));
    exec.release(mark);
  }
}
