package org.qieemo.converter.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.container.Kinds;
import org.qieemo.converter.container.ZipArchive;
import org.qieemo.converter.source.ByteSource;
import org.qieemo.converter.source.Checkpoint;

/**
 * Reads what torch.save writes: zip archives since PyTorch 1.6, and the older form. Of TorchScript
 * archives it reads the parameters; their code is not even unpacked. Stateless.
 */
public final class TorchCheckpoint {
  private static final String PICKLE = "/data.pkl";
  private static final long MAX_PICKLE = 1L << 28;

  private TorchCheckpoint() {}

  /**
   * Reads a checkpoint; its tensors read from {@code source} later on.
   *
   * @throws ModelFormatException if it is damaged, unsupported, or asks for code to be run
   */
  public static Checkpoint read(ByteSource source) throws IOException {
    ByteBuffer head = source.bytes(0, Math.min(4, source.size()), "the first bytes");
    if (head.remaining() == 4 && head.getInt(0) == ZipArchive.LOCAL_MAGIC) {
      return zip(source);
    }
    if (LegacyCheckpoint.recognizes(source)) {
      return LegacyCheckpoint.read(source);
    }
    throw source.error(0, "no PyTorch checkpoint: " + Kinds.describe(source));
  }

  private static Checkpoint zip(ByteSource source) throws IOException {
    Map<String, ByteSource> entries = ZipArchive.open(source).entries();
    String root = root(source, entries.keySet());
    checkVersion(root, entries);
    ByteSource pickle = entries.get(root + PICKLE);
    if (pickle.size() > MAX_PICKLE) {
      throw pickle.error(0, "a pickle of " + pickle.size() + " bytes: no checkpoint needs that");
    }
    PickleInput in = new PickleInput(pickle, 0);
    boolean script = entries.containsKey(root + "/constants.pkl");
    Object top = script ? Unpickler.loadScript(in) : Unpickler.load(in);
    if (in.position() != pickle.size()) {
      throw pickle.error(in.position(), "bytes follow the pickle's STOP");
    }
    return new StateDict(pickle, key -> entries.get(root + "/data/" + key)).read(source, top);
  }

  /** The one folder that holds everything. */
  private static String root(ByteSource source, Set<String> names) throws ModelFormatException {
    Set<String> roots = new HashSet<>();
    for (String name : names) {
      roots.add(name.substring(0, Math.max(0, name.indexOf('/'))));
    }
    String root = roots.isEmpty() ? "" : roots.iterator().next();
    if (roots.size() != 1 || root.isEmpty() || !names.contains(root + PICKLE)) {
      throw source.error(
          0,
          "no PyTorch checkpoint: expected one folder with a data.pkl in it, as"
              + " torch.save(model.state_dict(), ...) writes it");
    }
    return root;
  }

  private static void checkVersion(String root, Map<String, ByteSource> entries)
      throws IOException {
    ByteSource order = entries.get(root + "/byteorder");
    if (order != null && !text(order).equals("little")) {
      throw order.error(0, "byte order '" + text(order) + "': unsupported, expected 'little'");
    }
    ByteSource version = entries.get(root + "/version");
    if (version == null || !text(version).matches("[1-9]|10")) {
      throw entries.get(root + PICKLE).error(0, "no archive version, or an unknown one");
    }
  }

  private static String text(ByteSource entry) throws IOException {
    ByteBuffer bytes = entry.bytes(0, Math.min(16, entry.size()), "a short text");
    return StandardCharsets.ISO_8859_1.decode(bytes).toString().replaceAll("[^ -~]", "").strip();
  }
}
