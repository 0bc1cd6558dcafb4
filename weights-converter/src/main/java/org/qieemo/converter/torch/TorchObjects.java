package org.qieemo.converter.torch;

import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.Place;
import org.qieemo.converter.torch.Pickled.Dict;
import org.qieemo.converter.torch.Pickled.Global;
import org.qieemo.converter.torch.Pickled.Module;
import org.qieemo.converter.torch.Pickled.Storage;
import org.qieemo.converter.torch.Pickled.TensorView;
import org.qieemo.converter.torch.Pickled.Tuple;

/** What the allowed globals mean when a pickle "calls" them: plain values, checked. Stateless. */
final class TorchObjects {
  private TorchObjects() {}

  /** The value of REDUCE or NEWOBJ. */
  static Object reduce(Object callable, Object arguments, long at, Place place)
      throws ModelFormatException {
    if (!(callable instanceof Global global) || !(arguments instanceof Tuple tuple)) {
      throw place.error("REDUCE of something that is no allowed global with a tuple");
    }
    return switch (global.kind()) {
      case SCRIPT_CLASS -> {
        arity(global, tuple, 0, 0, place);
        yield new Module();
      }
      case SCRIPT_VALUE -> {
        arity(global, tuple, 1, 2, place);
        yield tuple.get(0);
      }
      case ORDERED_DICT -> {
        arity(global, tuple, 0, 0, place);
        yield new Dict();
      }
      case SIZE -> {
        arity(global, tuple, 1, 1, place);
        yield typed(tuple, 0, Tuple.class, global, place);
      }
      case REBUILD_PARAMETER -> {
        arity(global, tuple, 3, 3, place);
        yield typed(tuple, 0, TensorView.class, global, place);
      }
      case REBUILD_TENSOR -> tensor(global, tuple, at, place);
      case STORAGE -> throw place.error("REDUCE of " + global.name() + ": not a callable here");
    };
  }

  private static TensorView tensor(Global global, Tuple tuple, long at, Place place)
      throws ModelFormatException {
    arity(global, tuple, 6, 7, place);
    return new TensorView(
        at,
        typed(tuple, 0, Storage.class, global, place),
        typed(tuple, 1, Long.class, global, place),
        longs(typed(tuple, 2, Tuple.class, global, place), global, place),
        longs(typed(tuple, 3, Tuple.class, global, place), global, place));
  }

  private static long[] longs(Tuple tuple, Global global, Place place) throws ModelFormatException {
    long[] values = new long[tuple.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = typed(tuple, i, Long.class, global, place);
    }
    return values;
  }

  private static void arity(Global global, Tuple tuple, int least, int most, Place place)
      throws ModelFormatException {
    if (tuple.size() < least || tuple.size() > most) {
      throw place.error(global.name() + " with " + tuple.size() + " arguments, expected " + most);
    }
  }

  private static <T> T typed(Tuple tuple, int i, Class<T> type, Global global, Place place)
      throws ModelFormatException {
    if (!type.isInstance(tuple.get(i))) {
      throw place.error(
          global.name() + ": argument " + i + " is no " + type.getSimpleName().toLowerCase());
    }
    return type.cast(tuple.get(i));
  }

  /** The storage of a persistent id: ('storage', type, key, location, elements[, view]). */
  static Storage storage(Object id, long at, Place place) throws ModelFormatException {
    if (!(id instanceof Tuple tuple) || tuple.size() < 5 || tuple.size() > 6) {
      throw place.error("a persistent id is no tuple of 5 or 6");
    }
    if (!"storage".equals(tuple.get(0))
        || !(tuple.get(1) instanceof Global global)
        || global.kind() != TorchGlobals.Kind.STORAGE
        || !(tuple.get(2) instanceof String key)
        || !(tuple.get(3) instanceof String)
        || !(tuple.get(4) instanceof Long elements)
        || elements < 0) {
      throw place.error("a persistent id is no ('storage', type, key, location, elements)");
    }
    if (tuple.size() == 6 && tuple.get(5) != null) {
      throw place.error("a view of a legacy storage: unsupported, save the file again");
    }
    StorageType type = StorageType.valueOf(global.name().substring("torch.".length()));
    return new Storage(at, key, type, elements);
  }
}
