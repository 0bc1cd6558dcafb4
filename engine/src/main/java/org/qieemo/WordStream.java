package org.qieemo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qieemo.audio.FeatureStream;
import org.qieemo.audio.FrontEnd;
import org.qieemo.model.FeatureBatch;
import org.qieemo.weights.ModelConfig;

/**
 * Words of audio of any length: the model hears pieces of 32 s at most, which overlap, and each
 * frame is taken from the piece that has at least 2 s of audio on either side of it. Audio of up to
 * 32 s is one piece. Confined to one thread.
 */
final class WordStream {
  private static final int CONTEXT = 200; // feature frames of 10 ms, about
  private static final int STEP = 2800;

  private final ModelConfig config;
  private final FrontEnd frontEnd;
  private final ModelCalls calls;
  private final FeatureStream features;
  private final CtcAligner aligner;
  private final RowBuffer rows;
  private final int rate; // feature frames per encoder frame
  private final int context; // encoder frames
  private final int step;
  private long next; // first encoder frame that has not been aligned

  WordStream(
      ModelConfig config,
      FrontEnd frontEnd,
      ModelCalls calls,
      FeatureStream features,
      CtcAligner aligner) {
    this.config = config;
    this.frontEnd = frontEnd;
    this.calls = calls;
    this.features = features;
    this.aligner = aligner;
    rows = new RowBuffer(frontEnd.extractor().bins());
    rate = config.subsampling().kind().rate();
    context = CONTEXT / rate;
    step = STEP / rate;
  }

  List<Word> push(float[] samples, int offset, int count) {
    rows.append(features.push(samples, offset, count).features());
    List<Word> words = new ArrayList<>();
    while (rows.end() > (begin() + step + 2L * context) * rate + rate) {
      words.addAll(hear(begin() + step + 2L * context, next + step));
    }
    return words;
  }

  List<Word> finish() {
    rows.append(features.finish().features());
    List<Word> words = new ArrayList<>(hear(Long.MAX_VALUE, Long.MAX_VALUE));
    words.addAll(aligner.finish());
    return words;
  }

  /** First encoder frame of the piece that is heard next. */
  private long begin() {
    return Math.max(0, next - context);
  }

  /**
   * Hears a piece and aligns a part of it.
   *
   * @param end encoder frame behind the piece
   * @param wanted encoder frame behind the part
   */
  private List<Word> hear(long end, long wanted) {
    long begin = begin();
    long last = end == Long.MAX_VALUE ? rows.end() : Math.min(rows.end(), end * rate);
    float[] piece = rows.copy(begin * rate, Math.max(begin * rate, last));
    int bins = frontEnd.extractor().bins();
    if (config.subsampling().outputFrames(piece.length / bins) < 1) {
      return List.of();
    }
    frontEnd.normalize(piece);
    FeatureBatch batch = new FeatureBatch(List.of(piece), bins);
    float[] logits = calls.run((model, forward) -> model.ctcLogits(forward, batch));
    int vocabulary = config.ctc().vocabulary();
    int from = (int) (next - begin) * vocabulary;
    int to = (int) Math.min(logits.length / vocabulary, wanted - begin) * vocabulary;
    next += Math.max(0, to - from) / vocabulary;
    rows.dropBefore(begin() * rate);
    return from < to ? aligner.push(Arrays.copyOfRange(logits, from, to)) : List.of();
  }
}
