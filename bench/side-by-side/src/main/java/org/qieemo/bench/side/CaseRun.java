package org.qieemo.bench.side;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Checks and times one model on all engines. */
final class CaseRun {
  private static final double FIRST_WARM_UP = 4; // seconds: kernels are compiled
  private static final double WARM_UP = 1;

  private final SideOptions options;
  private final CaseFolder model;
  private final Consumer<String> log;
  private final Set<String> skipped;

  /**
   * @param skipped takes a line for every engine that did not load
   */
  CaseRun(SideOptions options, CaseFolder model, Consumer<String> log, Set<String> skipped) {
    this.options = options;
    this.model = model;
    this.log = log;
    this.skipped = skipped;
  }

  List<Cell> run() throws IOException, InterruptedException {
    List<Cell> cells = new ArrayList<>();
    for (int threads : options.threads()) {
      try (OpenEngines open = new OpenEngines(model, options.engines(), threads)) {
        open.skipped().forEach(this::note);
        String failure = agreesWithPyTorch(open);
        for (int seconds : options.seconds()) {
          cells.add(
              failure == null ? cell(open, seconds, threads) : failed(seconds, threads, failure));
        }
      }
    }
    return cells;
  }

  private void note(EngineKind kind, String why) {
    if (skipped.add(kind.id() + " skipped: " + why)) {
      log.accept(kind.id() + " skipped: " + why);
    }
  }

  /** Why nothing can be timed; null if all is well. */
  private String agreesWithPyTorch(OpenEngines open) throws IOException {
    if (open.engines().isEmpty()) {
      return "no engine loaded";
    }
    try {
      Agreement.check(open.engines(), model.checkFeatures(), model.checkLogits());
      return null;
    } catch (DisagreementException e) {
      log.accept(model.name() + ": not timed: " + e.getMessage());
      return e.getMessage();
    }
  }

  private Cell failed(int seconds, int threads, String failure) {
    return new Cell(model, seconds, threads, Map.of(), Map.of(), failure);
  }

  private Cell cell(OpenEngines open, int seconds, int threads) throws InterruptedException {
    float[] features = Features.random(seconds, model.bins());
    Agreement agreement;
    try {
      agreement = Agreement.check(open.engines(), features, reference(open, features));
    } catch (DisagreementException e) {
      log.accept(model.name() + ", " + seconds + " s: not timed: " + e.getMessage());
      return failed(seconds, threads, e.getMessage());
    }
    Rounds rounds = new Rounds(open.engines(), features, threads == 1);
    rounds.warmUp(seconds == options.seconds()[0] ? FIRST_WARM_UP : WARM_UP);
    Map<EngineKind, Timing> times =
        rounds.time(SideOptions.LEAST_ROUNDS, options.rounds(), options.budget());
    Cell cell = new Cell(model, seconds, threads, agreement.differences(), times, null);
    log.accept(MarkdownReport.line(cell));
    return cell;
  }

  /** The logits of the first full-precision engine that is not ours, or of the first at all. */
  private static float[] reference(OpenEngines open, float[] features) {
    return Stream.of(EngineKind.ORT_F32, EngineKind.TORCH_F32)
        .filter(open.engines()::containsKey)
        .map(open.engines()::get)
        .findFirst()
        .orElseGet(() -> open.engines().values().iterator().next())
        .logits(features);
  }
}
