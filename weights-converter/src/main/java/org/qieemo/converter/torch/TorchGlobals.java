package org.qieemo.converter.torch;

import java.util.HashMap;
import java.util.Map;

/** The globals that a checkpoint's pickle may name; every other one is refused. */
final class TorchGlobals {
  /** What may be done with a global. */
  enum Kind {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    SIZE,
    STORAGE
  }

  private static final Map<String, Pickled.Global> ALLOWED = allowed();

  private TorchGlobals() {}

  /** The constant that a name stands for, or null if it is not allowed. */
  static Pickled.Global find(String name) {
    return ALLOWED.get(name);
  }

  private static Map<String, Pickled.Global> allowed() {
    Map<String, Pickled.Global> all = new HashMap<>();
    put(all, Kind.ORDERED_DICT, "collections.OrderedDict");
    put(all, Kind.REBUILD_TENSOR, "torch._utils._rebuild_tensor_v2");
    put(all, Kind.REBUILD_PARAMETER, "torch._utils._rebuild_parameter");
    put(all, Kind.SIZE, "torch.Size");
    for (StorageType type : StorageType.values()) {
      put(all, Kind.STORAGE, "torch." + type.name());
    }
    return Map.copyOf(all);
  }

  private static void put(Map<String, Pickled.Global> all, Kind kind, String name) {
    all.put(name, new Pickled.Global(kind, name));
  }
}
