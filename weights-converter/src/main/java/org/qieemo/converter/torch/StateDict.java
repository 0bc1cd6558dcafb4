package org.qieemo.converter.torch;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.ByteSource;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.converter.source.StridedTensor;
import org.qieemo.converter.torch.Pickled.Dict;
import org.qieemo.converter.torch.Pickled.Module;
import org.qieemo.converter.torch.Pickled.Storage;
import org.qieemo.converter.torch.Pickled.TensorView;

/** Turns an interpreted pickle into tensors over their storages. For one pickle. */
final class StateDict {
  private static final String[] WRAPPERS = {
    "state_dict", "model_state_dict", "model", "model0", "model_avg"
  };
  private static final String PARALLEL = "module.";

  private static final int MAX_DEPTH = 64;
  private static final int FREE_CHARS = 4000;
  private static final int CHARS_PER_NAME = 32;
  private static final int CHARS_PER_BYTE = 4;

  private final ByteSource pickle;
  private final Function<String, ByteSource> storages;
  private final Map<String, SourceTensor> tensors = new LinkedHashMap<>();
  private final Map<TensorView, SourceTensor> known = new IdentityHashMap<>(); // of many names
  private long nameChars;

  /**
   * Prepares for a pickle.
   *
   * @param storages the bytes of a storage by its key, null if there are none
   */
  StateDict(ByteSource pickle, Function<String, ByteSource> storages) {
    this.pickle = pickle;
    this.storages = storages;
  }

  Checkpoint read(ByteSource source, Object top) throws ModelFormatException {
    if (top instanceof Module module) {
      addAll("", module.attributes(), 0);
    } else {
      addAll("", unwrap(top).values(), MAX_DEPTH);
    }
    if (tensors.isEmpty()) {
      throw pickle.error(0, "the checkpoint holds no tensors: save model.state_dict()");
    }
    return new Checkpoint(source.name(), tensors);
  }

  /** Adds the tensors of a dict, and those of modules in it by their path. */
  private void addAll(String path, Map<Object, Object> values, int depth)
      throws ModelFormatException {
    for (Map.Entry<Object, Object> entry : values.entrySet()) {
      if (entry.getValue() instanceof TensorView view) {
        if (depth < MAX_DEPTH) {
          spend(path, entry.getKey());
        }
        String key = path.isEmpty() ? entry.getKey().toString() : path + entry.getKey();
        add(key.startsWith(PARALLEL) ? key.substring(PARALLEL.length()) : key, view);
      } else if (depth < MAX_DEPTH && entry.getValue() instanceof Module module) {
        spend(path, entry.getKey());
        addAll(path + entry.getKey() + ".", module.attributes(), depth + 1);
      }
    }
  }

  /** Modules that share others could have names without end: they grow with the pickle only. */
  private void spend(String path, Object key) throws ModelFormatException {
    nameChars += path.length() + key.toString().length() + CHARS_PER_NAME;
    if (nameChars > FREE_CHARS + CHARS_PER_BYTE * pickle.size()) {
      throw pickle.error(0, "more names than a pickle of this size has: its modules share others");
    }
  }

  private void add(String name, TensorView view) throws ModelFormatException {
    SourceTensor tensor = known.get(view);
    if (tensor == null) {
      tensor = tensor(name, view);
      known.put(view, tensor);
    }
    if (tensors.put(name, tensor) != null) {
      throw pickle.error(view.at(), "tensor " + name + " occurs twice");
    }
  }

  /** The dict that holds the tensors: the top one, or one that training scripts wrap it in. */
  private Dict unwrap(Object top) throws ModelFormatException {
    if (!(top instanceof Dict dict)) {
      throw pickle.error(0, "the checkpoint is no dict: save model.state_dict()");
    }
    for (String wrapper : WRAPPERS) {
      if (dict.get(wrapper) instanceof Dict inner) {
        return inner;
      }
    }
    return dict;
  }

  private SourceTensor tensor(String name, TensorView view) throws ModelFormatException {
    Storage storage = view.storage();
    ByteSource bytes = storages.apply(storage.key());
    if (bytes == null) {
      throw pickle.error(
          storage.at(), "tensor " + name + ": its storage " + storage.key() + " is missing");
    }
    int width = storage.type().type().bytes();
    if (bytes.size() % width != 0 || bytes.size() / width != storage.elements()) {
      throw pickle.error(
          storage.at(),
          String.format(
              "tensor %s: its storage %s has %d bytes, expected %d elements of %d bytes",
              name, storage.key(), bytes.size(), storage.elements(), width));
    }
    StridedTensor.View where = new StridedTensor.View(view.offset(), view.shape(), view.strides());
    return new StridedTensor(
        bytes, storage.type().type(), where, why -> pickle.error(view.at(), name + ": " + why));
  }
}
