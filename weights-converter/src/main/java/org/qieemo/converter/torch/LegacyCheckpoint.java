package org.qieemo.converter.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.qieemo.converter.source.ByteSource;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.torch.Pickled.Dict;
import org.qieemo.converter.torch.Pickled.Sequence;

/**
 * The form that torch.save wrote before PyTorch 1.6: pickles of a magic number, a version, facts of
 * the writing machine, the object, and the sorted storage keys; then the storages. Stateless.
 */
final class LegacyCheckpoint {
  /** The pickle of 0x1950a86a20f9469cfc6c. */
  private static final byte[] MAGIC = {
    (byte) 0x80,
    2,
    (byte) 0x8a,
    10,
    0x6c,
    (byte) 0xfc,
    (byte) 0x9c,
    0x46,
    (byte) 0xf9,
    0x20,
    0x6a,
    (byte) 0xa8,
    0x50,
    0x19,
    '.'
  };

  private static final long VERSION = 1001;

  private LegacyCheckpoint() {}

  static boolean recognizes(ByteSource source) throws IOException {
    return source.size() >= MAGIC.length
        && source.bytes(0, MAGIC.length, "the magic number").equals(ByteBuffer.wrap(MAGIC));
  }

  static Checkpoint read(ByteSource source) throws IOException {
    PickleInput in = new PickleInput(source, MAGIC.length);
    if (!Long.valueOf(VERSION).equals(Unpickler.load(in))) {
      throw source.error(MAGIC.length, "an unknown version of PyTorch's old format");
    }
    long at = in.position();
    if (!(Unpickler.load(in) instanceof Dict machine)
        || !Boolean.TRUE.equals(machine.get("little_endian"))) {
      throw source.error(at, "written on a big-endian machine: unsupported");
    }
    Map<String, Integer> widths = new HashMap<>(); // the storages themselves do not say it
    Object top =
        Unpickler.load(in, storage -> widths.put(storage.key(), storage.type().type().bytes()));
    at = in.position();
    if (!(Unpickler.load(in) instanceof Sequence keys)) {
      throw source.error(at, "expected the list of storage keys");
    }
    Map<String, ByteSource> storages = new HashMap<>();
    at = in.position();
    for (Object key : keys.values()) {
      if (!(key instanceof String name) || !widths.containsKey(name)) {
        throw source.error(at, "storage key '" + key + "' belongs to no tensor");
      }
      long elements = source.bytes(at, 8, "a storage's length").getLong();
      if (elements < 0 || elements > source.size() / widths.get(name)) {
        throw source.error(at, "storage " + name + " of " + elements + " elements: truncated");
      }
      long size = elements * widths.get(name);
      storages.put(name, source.part(name, at + 8, size));
      at += 8 + size;
    }
    if (at != source.size()) {
      throw source.error(at, "bytes follow the last storage");
    }
    return new StateDict(source, storages::get).read(source, top);
  }
}
