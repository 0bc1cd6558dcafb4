package org.qieemo.weights;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.HostTensor;

/**
 * A model file whose configuration and tensors have been checked against each other: every tensor
 * that the configuration asks for is there, has its shape and finite values, and there is no other.
 * Immutable and thread-safe.
 */
public final class ModelFile {
  private static final int BLOCKS_AT_ONCE = 1024;

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
   * By whole rows of bytes: a buffer's own accessors are slow until the JIT compiler has them.
   */
  private static long firstNotFinite(HostTensor tensor) {
    DType dtype = tensor.dtype();
    ByteBuffer data = tensor.data();
    byte[] bytes = new byte[Math.min(data.remaining(), BLOCKS_AT_ONCE * dtype.blockBytes())];
    for (long before = 0; data.hasRemaining(); before += BLOCKS_AT_ONCE) {
      int size = Math.min(bytes.length, data.remaining());
      data.get(bytes, 0, size);
      int bad = firstNotFinite(dtype, bytes, size);
      if (bad >= 0) {
        return (before + bad) * dtype.blockSize();
      }
    }
    return -1;
  }

  /** Index of the first value or block; of a block the scale decides, which lies in front. */
  private static int firstNotFinite(DType dtype, byte[] bytes, int size) {
    int mask = exponent(dtype);
    int high = dtype == DType.F32 ? 3 : 1; // the byte of sign and exponent; little-endian
    int stride = dtype.blockBytes();
    for (int i = 0; i * stride < size; i++) {
      int at = i * stride + high;
      if (((bytes[at] << 8 | bytes[at - 1] & 0xff) & mask) == mask) {
        return i;
      }
    }
    return -1;
  }

  /** The bits of the exponent in the upper two bytes; NaN and infinity have them all. */
  private static int exponent(DType dtype) {
    return switch (dtype) {
      case F32, BF16 -> 0x7f80;
      case F16, Q8_0 -> 0x7c00;
    };
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
