package org.qieemo.cli;

import java.io.IOException;
import java.util.List;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;

/** Classifies the rows of a manifest, model by model. */
final class EvaluationRun {
  private final EvaluationPlan plan;
  private final Console console;
  private final Progress progress;
  private final boolean silent;
  private final Outcome[] outcomes;
  private long nanos;

  private EvaluationRun(EvaluationPlan plan, Console console, boolean progress, boolean silent) {
    int rows = plan.manifest().rows().size();
    this.plan = plan;
    this.console = console;
    this.progress = new Progress(console, progress, rows);
    this.silent = silent;
    this.outcomes = new Outcome[rows];
  }

  /**
   * What became of the rows.
   *
   * @param outcomes in the order of the manifest
   * @param seconds that reading and classifying took, without loading the models
   */
  record Result(List<Outcome> outcomes, double seconds) {}

  /**
   * Runs all models, one at a time.
   *
   * @param progress whether to tell how far it is even if nobody watches
   * @param silent whether files that fail stand in the result alone
   */
  static Result run(
      EvaluationPlan plan, Arguments arguments, Console console, boolean progress, boolean silent)
      throws IOException {
    EvaluationRun run = new EvaluationRun(plan, console, progress, silent);
    for (EvaluatedModel model : plan.models()) {
      try (EmotionRecognizer recognizer = ModelOptions.open(arguments, model.path(), console)) {
        model.rows().forEach(row -> run.classify(recognizer, row));
      }
    }
    run.progress.end();
    return new Result(List.of(run.outcomes), run.nanos / 1e9);
  }

  private void classify(EmotionRecognizer recognizer, int index) {
    ManifestRow row = plan.manifest().rows().get(index);
    String truth = plan.truths().get(index);
    long start = System.nanoTime();
    Batch.run(List.of(row.path().toString()), console, work(recognizer, row, truth, index));
    nanos += System.nanoTime() - start;
    progress.file(outcomes[index].seconds());
  }

  private Batch.Work work(EmotionRecognizer recognizer, ManifestRow row, String truth, int index) {
    return new Batch.Work() {
      @Override
      public void on(String file, Audio audio) {
        outcomes[index] = Outcome.heard(row, truth, recognizer.classify(audio));
      }

      @Override
      public void failed(String file, String reason) {
        outcomes[index] = Outcome.failed(row, truth, reason);
        if (!silent) {
          console.error(file + ": " + reason);
        }
      }
    };
  }
}
