package org.qieemo;

import java.util.List;
import org.qieemo.audio.FrontEnd;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.weights.ModelConfig;

/** Reads the values at a {@link Tap}. Immutable and thread-safe. */
final class TapReader {
  private final ModelConfig config;
  private final FrontEnd frontEnd;
  private final ModelCalls calls;
  private final UtteranceFeatures utterances;

  TapReader(ModelConfig config, FrontEnd frontEnd, ModelCalls calls, UtteranceFeatures utterances) {
    this.config = config;
    this.frontEnd = frontEnd;
    this.calls = calls;
    this.utterances = utterances;
  }

  /** Whether the model names the emotion of single frames. */
  boolean hasFrameEmotion() {
    return calls.model().hasFrameLogits();
  }

  /**
   * The values [frames, columns].
   *
   * @throws UnsupportedByModelException if the model has no such place
   */
  FeatureMatrix read(Audio audio, Tap tap) {
    require(tap);
    int bins = config.frontEnd().melBins();
    if (tap == Tap.FBANK) {
      float[] fbank = frontEnd.fbank(audio.samples(), audio.sampleRate());
      return new FeatureMatrix(fbank.length / bins, bins, fbank);
    }
    FeatureBatch batch = utterances.of(List.of(audio));
    if (tap == Tap.FEATURES) {
      float[] features = frontEnd.features(audio.samples(), audio.sampleRate());
      return new FeatureMatrix(features.length / bins, bins, features);
    }
    if (tap == Tap.FRAME_EMOTION) {
      return frameEmotion(calls.run((model, forward) -> model.classify(forward, batch)));
    }
    return calls.run((model, forward) -> listen(model, forward, batch, tap));
  }

  private void require(Tap tap) {
    if (tap == Tap.FRAME_EMOTION) {
      Abilities.requireClassifier(config);
      if (!hasFrameEmotion()) {
        throw new UnsupportedByModelException(
            "the model pools statistics: it has no frame emotion");
      }
    }
    if (tap == Tap.PPG || tap == Tap.CTC_LOGITS) {
      Abilities.requireTranscriber(config);
    }
    int blocks = config.encoder().blocks();
    if (tap.block() > blocks) {
      throw new UnsupportedByModelException(
          "no block " + tap.block() + ": the encoder has blocks 1 to " + blocks);
    }
  }

  private static FeatureMatrix listen(Qieemo model, Forward forward, FeatureBatch batch, Tap tap) {
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
    Decision decision = new Decision(config.fusion(), DecisionOptions.DEFAULT);
    int labels = config.fusion().labels().size();
    float[] values = new float[logits.frames(0) * labels];
    for (int t = 0; t < logits.frames(0); t++) {
      double[] row = decision.probabilities(logits.frame(0, t));
      for (int k = 0; k < labels; k++) {
        values[t * labels + k] = (float) row[k];
      }
    }
    return new FeatureMatrix(logits.frames(0), labels, values);
  }
}
