package org.qieemo.bench.side;

import java.util.List;

/** Which of ours is set against which of theirs. */
record Comparison(EngineKind ours, EngineKind theirs) {
  static final List<Comparison> ALL =
      List.of(
          new Comparison(EngineKind.OURS_F32, EngineKind.ORT_F32),
          new Comparison(EngineKind.OURS_Q8, EngineKind.ORT_F32),
          new Comparison(EngineKind.OURS_Q8, EngineKind.ORT_INT8),
          new Comparison(EngineKind.OURS_F32, EngineKind.TORCH_F32),
          new Comparison(EngineKind.OURS_PLAIN, EngineKind.ORT_F32));

  /** Those whose engines both ran. */
  static List<Comparison> of(Cell cell) {
    return ALL.stream().filter(c -> cell.has(c.ours) && cell.has(c.theirs)).toList();
  }

  Summary.Ratio in(Cell cell) {
    return Summary.ratio(cell.times().get(ours).wall(), cell.times().get(theirs).wall());
  }

  /** Processor time of the calling thread: meaningful with one thread. */
  Summary.Ratio ofCpuTime(Cell cell) {
    return Summary.ratio(cell.times().get(ours).cpu(), cell.times().get(theirs).cpu());
  }

  String id() {
    return ours.id() + " / " + theirs.id();
  }
}
