package org.qieemo.converter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.ConversionReport.Tensor;
import org.qieemo.converter.family.FusionReader;
import org.qieemo.converter.family.Layout;
import org.qieemo.converter.family.NameTable;
import org.qieemo.converter.gguf.GgufWriter;
import org.qieemo.converter.gguf.Quantizer;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.HostTensor;
import org.qieemo.weights.Keys;
import org.qieemo.weights.ModelMetadata;
import org.qieemo.weights.TensorRegistry;
import org.qieemo.weights.TensorSpec;

/** Brings the tensors of a described model into its file, one after the other. */
final class ModelAssembler {
  private static final int QUANTIZATION_VERSION = 2;

  private final Converter.Model model;
  private final ConversionRequest request;
  private final ConversionListener listener;
  private final List<Tensor> written = new ArrayList<>();
  private final List<String> fallbacks = new ArrayList<>();

  ModelAssembler(Converter.Model model, ConversionRequest request, ConversionListener listener) {
    this.model = model;
    this.request = request;
    this.listener = listener;
  }

  ConversionReport write() throws IOException {
    Set<String> ignored = new LinkedHashSet<>(model.weights().tensors().keySet());
    for (List<TensorSpec> part : TensorRegistry.parts(model.config())) {
      for (TensorSpec spec : part) { // the first that is missing ends it
        check(spec);
        ignored.remove(source(spec).name());
      }
    }
    List<TensorSpec> specs = TensorRegistry.of(model.config());
    long bytes;
    try (GgufWriter writer = new GgufWriter(request.output(), metadata(), specs)) {
      for (TensorSpec spec : specs) {
        writer.add(convert(spec));
        listener.written(written.get(written.size() - 1), written.size(), specs.size());
      }
      bytes = writer.finish();
    }
    return new ConversionReport(
        model.family().name(),
        model.config(),
        model.plan().frontEnd().reason(),
        written,
        List.copyOf(ignored),
        fallbacks,
        request.output(),
        bytes);
  }

  private Map<String, Object> metadata() {
    WeightType type = request.options().type();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put(Keys.ARCHITECTURE, ModelMetadata.ARCHITECTURE);
    metadata.put(Keys.FILE_TYPE, type.fileType());
    if (type == WeightType.Q8_0) {
      metadata.put(Keys.QUANTIZATION_VERSION, QUANTIZATION_VERSION);
    }
    metadata.putAll(ModelMetadata.write(model.config()));
    return metadata;
  }

  /** Where a tensor comes from; the fusion's keep their names. */
  private NameTable.Source source(TensorSpec spec) {
    NameTable.Source source = model.plan().names().source(spec.name());
    return source != null
        ? source
        : new NameTable.Source(FusionReader.PREFIX + spec.name(), Layout.SAME);
  }

  private void check(TensorSpec spec) throws ModelFormatException {
    NameTable.Source source = source(spec);
    SourceTensor found = model.weights().tensors().get(source.name());
    String what = "tensor " + source.name() + " (for " + spec.name() + "): expected shape ";
    long[] expected =
        source.layout().sourceShape(spec.shape(), model.config().subsampling().channels());
    if (found == null) {
      throw problem(what + Arrays.toString(expected) + ", but it is missing");
    }
    if (!Arrays.equals(expected, found.shape())) {
      throw problem(what + Arrays.toString(expected) + ", found " + Arrays.toString(found.shape()));
    }
  }

  private HostTensor convert(TensorSpec spec) throws IOException {
    NameTable.Source source = source(spec);
    float[] read = model.weights().tensors().get(source.name()).toFloats();
    int channels = model.config().subsampling().channels();
    float[] values = source.layout().apply(read, spec.shape(), channels);
    requireFinite(source.name(), values);
    DType type = type(spec, values);
    written.add(new Tensor(source.name(), spec.name(), type));
    return new HostTensor(spec.name(), type, spec.shape(), Quantizer.encode(type, values));
  }

  /** The type asked for, or the next wider one that can hold the tensor. */
  private DType type(TensorSpec spec, float[] values) {
    DType asked = request.options().type().dtype();
    if (spec.kind() == TensorSpec.Kind.VECTOR || asked == DType.F32) {
      return DType.F32;
    }
    DType type = asked;
    if (spec.rowLength() % type.blockSize() != 0) {
      type = DType.F16;
      fallbacks.add(
          spec.name() + ": F16, as its rows of " + spec.rowLength() + " are no multiple of 32");
    }
    if (!Quantizer.fits(type, values)) {
      fallbacks.add(spec.name() + ": F32, as its values exceed " + type);
      return DType.F32;
    }
    return type;
  }

  private void requireFinite(String name, float[] values) throws ModelFormatException {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw problem("tensor " + name + ": element " + i + " is NaN or infinite");
      }
    }
  }

  private ModelFormatException problem(String reason) {
    return Converter.problem(model.weights().source(), reason);
  }
}
