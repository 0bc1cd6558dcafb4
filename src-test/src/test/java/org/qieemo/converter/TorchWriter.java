package org.qieemo.converter;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.converter.source.SourceTensor;

/** Writes a checkpoint of float tensors as torch.save would, to change one and see what happens. */
final class TorchWriter {
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final Map<String, float[]> values = new LinkedHashMap<>();

  /** All tensors of a checkpoint. */
  static TorchWriter copy(Map<String, SourceTensor> tensors) throws java.io.IOException {
    TorchWriter writer = new TorchWriter();
    for (Map.Entry<String, SourceTensor> entry : tensors.entrySet()) {
      writer.put(entry.getKey(), entry.getValue().shape(), entry.getValue().toFloats());
    }
    return writer;
  }

  TorchWriter put(String name, long[] shape, float... data) {
    shapes.put(name, shape);
    values.put(name, data);
    return this;
  }

  TorchWriter remove(String name) {
    shapes.remove(name);
    values.remove(name);
    return this;
  }

  float[] get(String name) {
    return values.get(name);
  }

  long[] shape(String name) {
    return shapes.get(name);
  }

  byte[] build() {
    PickleFixture pickle = new PickleFixture().op("}");
    List<byte[]> storages = new ArrayList<>();
    shapes.forEach(
        (name, shape) -> {
          float[] data = values.get(name);
          ByteBuffer bytes = ByteBuffer.allocate(4 * data.length).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(data);
          String key = Integer.toString(storages.size());
          storages.add(bytes.array());
          pickle.string(name).tensor(key, data.length, 0, shape, strides(shape)).op("s");
        });
    ZipFixture zip = new ZipFixture();
    zip.add("a/data.pkl", pickle.stop());
    for (int i = 0; i < storages.size(); i++) {
      zip.add("a/data/" + i, storages.get(i));
    }
    zip.add("a/version", "3\n".getBytes());
    return zip.build();
  }

  private static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }
}
