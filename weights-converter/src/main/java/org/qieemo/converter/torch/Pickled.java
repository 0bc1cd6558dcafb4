package org.qieemo.converter.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle may hold besides null, {@link Boolean}, {@link Long}, {@link Double}, {@link
 * String} and {@link java.math.BigInteger}. Containers compare by identity, so that nothing ever
 * walks a cycle.
 */
sealed interface Pickled {

  /** A dict or OrderedDict; its attributes are dropped. */
  final class Dict implements Pickled {
    private Map<Object, Object> values;

    /** Adds an entry; false if the key is there already. */
    boolean put(Object key, Object value) {
      if (values == null) {
        values = new LinkedHashMap<>();
      }
      if (values.containsKey(key)) {
        return false;
      }
      values.put(key, value);
      return true;
    }

    Object get(String key) {
      return values().get(key);
    }

    Map<Object, Object> values() {
      return values == null ? Map.of() : Collections.unmodifiableMap(values);
    }
  }

  /** A list, or a set. */
  final class Sequence implements Pickled {
    private List<Object> values;

    void add(Object value) {
      if (values == null) {
        values = new ArrayList<>();
      }
      values.add(value);
    }

    List<Object> values() {
      return values == null ? List.of() : Collections.unmodifiableList(values);
    }
  }

  /** A tuple, or a torch.Size. */
  final class Tuple implements Pickled {
    static final Tuple EMPTY = new Tuple();

    private final Object[] values;

    Tuple(Object... values) {
      this.values = values;
    }

    int size() {
      return values.length;
    }

    Object get(int i) {
      return values[i];
    }
  }

  /** An object of a TorchScript archive: attributes by name, nothing that runs. */
  final class Module implements Pickled {
    private Dict attributes;

    /** Gives it its attributes; false if it has them already. */
    boolean build(Dict state) {
      boolean fresh = attributes == null;
      attributes = state;
      return fresh;
    }

    Map<Object, Object> attributes() {
      return attributes == null ? Map.of() : attributes.values();
    }
  }

  /** A name that a GLOBAL opcode may give. It is a constant: nothing is looked up. */
  record Global(TorchGlobals.Kind kind, String name) implements Pickled {}

  /** A storage that lies elsewhere in the file; {@code at} is where the pickle speaks of it. */
  record Storage(long at, String key, StorageType type, long elements) implements Pickled {}

  /** A view of a storage; {@code at} is where the pickle speaks of it. */
  record TensorView(long at, Storage storage, long offset, long[] shape, long[] strides)
      implements Pickled {}
}
