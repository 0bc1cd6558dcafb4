package org.qieemo.model;

import java.util.List;
import java.util.stream.Stream;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.SubsamplingConfig;

/**
 * The state of one caller's runs: buffers, the batch's layout, positions. Kept between runs so that
 * a warmed-up run allocates nothing but its result. One thread at a time.
 */
public final class Forward implements AutoCloseable {
  private static final int MOST_STAGES = 3;

  final Execution exec;
  final Positions positions = new Positions();
  private final Segments[] stages =
      Stream.generate(Segments::new).limit(MOST_STAGES + 1).toArray(Segments[]::new);
  private final List<Segments> announced = List.of(stages);
  private int lastStage;
  private LayerListener listener;

  /** Opens buffers on a back end. */
  public Forward(Backend backend) {
    this.exec = backend.newExecution();
  }

  /** Starts a batch without utterances. */
  void begin(SubsamplingConfig subsampling) {
    lastStage = subsampling.stages();
    for (Segments stage : stages) {
      stage.clear();
    }
  }

  /** Adds an utterance of {@code featureFrames} frames to the batch. */
  void addUtterance(SubsamplingConfig subsampling, int featureFrames) {
    int frames = featureFrames;
    stages[0].add(frames);
    for (int i = 0; i < lastStage; i++) {
      frames = subsampling.outputFrames(i, frames);
      stages[i + 1].add(frames);
    }
  }

  /** The batch is the next piece of a stream, behind {@code encoderFrames} frames. */
  void continueBehind(SubsamplingConfig subsampling, int encoderFrames) {
    long frames = encoderFrames;
    for (int i = lastStage; i > 0; i--) {
      stages[i].continueBehind(frames);
      frames *= subsampling.stride(i - 1);
    }
  }

  /** The batch is complete. */
  void announce(SubsamplingConfig subsampling) {
    int room = exec.room(stages[0].rows());
    stages[0].reserve(room);
    for (int i = 0; i < lastStage; i++) {
      // each utterance behind the first may round one frame up
      room = subsampling.outputFrames(i, room) + stages[0].count() - 1;
      stages[i + 1].reserve(room);
    }
    exec.begin(announced);
  }

  /** Starts a batch of utterances that have passed the encoder already; their frames follow. */
  void beginEncoded() {
    lastStage = 0;
    stages[0].clear();
  }

  /** The utterances behind {@code i} stages of the subsampling. */
  Segments stage(int i) {
    return stages[i];
  }

  /** The utterances in encoder frames. */
  Segments frames() {
    return stages[lastStage];
  }

  /** Reports intermediate results to {@code listener}; null for none. */
  public void listen(LayerListener listener) {
    this.listener = listener;
  }

  boolean isListening() {
    return listener != null;
  }

  /** Tells the listener of a result. */
  void show(String name, Tensor result) {
    if (listener != null) {
      listener.onLayer(name, result, exec);
    }
  }

  /** Tells the listener of block {@code l}'s output, l counted from 1. */
  void showBlock(int l, Tensor result) {
    if (listener != null) {
      listener.onLayer(Layer.block(l), result, exec);
    }
  }

  @Override
  public void close() {
    exec.close();
  }
}
