package org.qieemo.bench.side;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The engines that are compared, in the order in which they take turns. */
enum EngineKind {
  OURS_F32("ours-f32", Precision.FULL) {
    @Override
    ForwardEngine open(CaseFolder model, int threads) throws IOException {
      return new QieemoForward(model.file("model.f32.gguf"), model.bins(), "vector", threads);
    }
  },
  ORT_F32("ort-f32", Precision.FULL) {
    @Override
    ForwardEngine open(CaseFolder model, int threads) throws IOException {
      return new OnnxForward(model.file("model.onnx"), model.bins(), threads);
    }
  },
  OURS_Q8("ours-q8_0", Precision.WEIGHTS_8_BIT) {
    @Override
    ForwardEngine open(CaseFolder model, int threads) throws IOException {
      return new QieemoForward(model.file("model.q8_0.gguf"), model.bins(), "vector", threads);
    }
  },
  ORT_INT8("ort-int8", Precision.ALL_8_BIT) {
    @Override
    ForwardEngine open(CaseFolder model, int threads) throws IOException {
      return new OnnxForward(model.file("model-int8.onnx"), model.bins(), threads);
    }
  },
  TORCH_F32("libtorch-f32", Precision.FULL) {
    @Override
    ForwardEngine open(CaseFolder model, int threads) throws IOException {
      return new TorchForward(model.file("model.pt"), model.bins(), threads);
    }
  },
  OURS_PLAIN("ours-plain-f32", Precision.FULL) {
    @Override
    ForwardEngine open(CaseFolder model, int threads) throws IOException {
      return new QieemoForward(model.file("model.f32.gguf"), model.bins(), "plain", threads);
    }
  };

  /** How far logits may stray from full precision. */
  enum Precision {
    /** float32 throughout: absolute. */
    FULL(1e-3, 0),
    /** 8-bit weights in blocks, float32 activations: relative to the largest logit. */
    WEIGHTS_8_BIT(1e-3, 0.05),
    /** Weights and activations in 8 bits: relative to the largest logit. */
    ALL_8_BIT(1e-3, 0.25);

    private final double absolute;
    private final double relative;

    Precision(double absolute, double relative) {
      this.absolute = absolute;
      this.relative = relative;
    }

    double bound(double largestLogit) {
      return absolute + relative * largestLogit;
    }
  }

  /** Those of a run without options; plain Java takes long and is asked for by name. */
  static final List<EngineKind> DEFAULT = List.of(OURS_F32, ORT_F32, OURS_Q8, ORT_INT8, TORCH_F32);

  private final String id;
  private final Precision precision;

  EngineKind(String id, Precision precision) {
    this.id = id;
    this.precision = precision;
  }

  /** Loads the model; what cannot load throws. */
  abstract ForwardEngine open(CaseFolder model, int threads) throws IOException;

  String id() {
    return id;
  }

  Precision precision() {
    return precision;
  }

  static EngineKind of(String id) {
    return Arrays.stream(values())
        .filter(kind -> kind.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no engine '"
                        + id
                        + "': one of "
                        + Arrays.stream(values())
                            .map(k -> k.id)
                            .collect(Collectors.joining(", "))));
  }
}
