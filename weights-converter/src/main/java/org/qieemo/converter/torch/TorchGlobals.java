package org.qieemo.converter.torch;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The globals that a checkpoint's pickle may name; every other one is refused. */
final class TorchGlobals {
  /** What may be done with a global. */
  enum Kind {
    /** A class of a TorchScript archive: a name, and never more. */
    SCRIPT_CLASS,
    /** TorchScript's lists of one type, and values with their type's name. */
    SCRIPT_VALUE,
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    SIZE,
    STORAGE
  }

  private static final Map<String, Pickled.Global> ALLOWED = allowed();
  private static final Pattern SCRIPT_CLASS = Pattern.compile("__torch__(\\.\\w+)+");
  private static final Set<String> SCRIPT_VALUES =
      Set.of(
          "torch.jit._pickle.build_intlist",
          "torch.jit._pickle.build_doublelist",
          "torch.jit._pickle.build_boollist",
          "torch.jit._pickle.build_tensorlist",
          "torch.jit._pickle.restore_type_tag");

  private TorchGlobals() {}

  /** The constant that a name stands for, or null if it is not allowed. */
  static Pickled.Global find(String name) {
    return ALLOWED.get(name);
  }

  /** The same for the pickle of a TorchScript archive, which names its own classes too. */
  static Pickled.Global findInScript(String name) {
    if (SCRIPT_VALUES.contains(name)) {
      return new Pickled.Global(Kind.SCRIPT_VALUE, name);
    }
    return SCRIPT_CLASS.matcher(name).matches()
        ? new Pickled.Global(Kind.SCRIPT_CLASS, name)
        : find(name);
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
