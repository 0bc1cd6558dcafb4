package org.qieemo.weights;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Decoder;
import org.qieemo.kernels.HostTensor;

/**
 * A model file whose configuration and tensors have been checked against each other: every tensor
 * that the configuration asks for is there, has its shape and finite values, and there is no other.
 * Immutable and thread-safe.
 */
public final class ModelFile {
  private final ModelConfig config;
  private final Map<String, HostTensor> tensors;

  private ModelFile(ModelConfig config, Map<String, HostTensor> tensors) {
    this.config = config;
    this.tensors = tensors;
  }

  /**
   * Checks a file.
   *
   * @throws ModelFormatException naming the tensor, what was expected and what was found
   */
  public static ModelFile of(GgufFile file) throws ModelFormatException {
    String source = file.metadata().source();
    ModelConfig config = ModelMetadata.read(file.metadata());
    Map<String, HostTensor> left = new HashMap<>();
    file.tensors().forEach(tensor -> left.put(tensor.name(), tensor));
    Map<String, HostTensor> used = new HashMap<>();
    for (List<TensorSpec> part : TensorRegistry.parts(config)) {
      for (TensorSpec spec : part) {
        HostTensor tensor = left.remove(spec.name());
        check(source, spec, tensor);
        used.put(spec.name(), tensor);
      }
    }
    if (!left.isEmpty()) {
      throw error(
          source, "tensor " + left.keySet().iterator().next() + " has no place in the model");
    }
    return new ModelFile(config, used);
  }

  private static void check(String source, TensorSpec spec, HostTensor found)
      throws ModelFormatException {
    if (found == null) {
      throw error(source, "tensor " + spec + " is missing");
    }
    if (!Arrays.equals(spec.shape(), found.shape())) {
      throw error(
          source,
          "tensor "
              + spec.name()
              + ": expected shape "
              + Arrays.toString(spec.shape())
              + ", found "
              + Arrays.toString(found.shape()));
    }
    if (spec.kind() == TensorSpec.Kind.VECTOR && found.dtype() != DType.F32) {
      throw error(source, "tensor " + spec.name() + ": expected F32, found " + found.dtype());
    }
    long bad = firstNotFinite(found);
    if (bad >= 0) {
      throw error(source, "tensor " + spec.name() + ": element " + bad + " is NaN or infinite");
    }
  }

  /**
   * Index of the first value (or, in blocks, of the block's first value) that is not finite, or -1.
   */
  private static long firstNotFinite(HostTensor tensor) {
    return switch (tensor.dtype()) {
      case F32 -> {
        FloatBuffer values = tensor.data().asFloatBuffer();
        yield firstBad(values.remaining(), i -> Float.isFinite(values.get(i)));
      }
      case F16 -> {
        var bits = tensor.data().asShortBuffer();
        yield firstBad(bits.remaining(), i -> (bits.get(i) & 0x7c00) != 0x7c00);
      }
      case BF16 -> {
        var bits = tensor.data().asShortBuffer();
        yield firstBad(bits.remaining(), i -> (bits.get(i) & 0x7f80) != 0x7f80);
      }
      case Q8_0 -> {
        var bytes = tensor.data();
        int blocks = bytes.remaining() / DType.Q8_0.blockBytes();
        long block =
            firstBad(
                blocks,
                i ->
                    Float.isFinite(
                        Decoder.halfToFloat(bytes.getShort(i * DType.Q8_0.blockBytes()))));
        yield block < 0 ? -1 : block * DType.Q8_0.blockSize();
      }
    };
  }

  private static long firstBad(int count, IntPredicate finite) {
    for (int i = 0; i < count; i++) {
      if (!finite.test(i)) {
        return i;
      }
    }
    return -1;
  }

  private static ModelFormatException error(String source, String reason) {
    return new ModelFormatException(source, FormatException.NO_OFFSET, reason);
  }

  /** What the file says about its model. */
  public ModelConfig config() {
    return config;
  }

  /**
   * A tensor by its full name.
   *
   * @throws IllegalArgumentException if the registry has no such tensor
   */
  public HostTensor tensor(String name) {
    HostTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("the registry has no tensor " + name);
    }
    return tensor;
  }
}
