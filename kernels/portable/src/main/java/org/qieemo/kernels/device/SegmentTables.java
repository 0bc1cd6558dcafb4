package org.qieemo.kernels.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Segments;

/**
 * What kernels must know of a batch's layout, as tables of ints on the device. A table is made when
 * an op first needs it and kept for the ops behind it and for the next batch of the same layout.
 * One thread at a time.
 */
final class SegmentTables implements AutoCloseable {
  /** A forward needs one table per convolution, then rows, blocks and starts; the oldest goes. */
  private static final int KEPT = 12;

  private enum Kind {
    ROWS,
    STARTS,
    BLOCKS,
    PLACES
  }

  /**
   * A table on the device.
   *
   * @param key the kind, then all that it was made from
   * @param memory its ints
   * @param entries number of its entries
   */
  record Table(int[] key, Memory memory, int entries) {}

  private final Device device;
  private final Queue queue;
  private final List<Table> tables = new ArrayList<>(); // the newest last

  SegmentTables(Device device, Queue queue) {
    this.device = device;
    this.queue = queue;
  }

  /** For each row: first row of its segment, one past the last. */
  Table rows(Segments segments) {
    int[] key = key(Kind.ROWS, 0, segments);
    Table kept = find(key);
    if (kept != null) {
      return kept;
    }
    int[] values = new int[2 * segments.rows()];
    for (int s = 0; s < segments.count(); s++) {
      for (int r = segments.start(s); r < segments.start(s + 1); r++) {
        values[2 * r] = segments.start(s);
        values[2 * r + 1] = segments.start(s + 1);
      }
    }
    return add(key, values, segments.rows());
  }

  /** First row of each segment, then the number of rows. */
  Table starts(Segments segments) {
    int[] key = key(Kind.STARTS, 0, segments);
    Table kept = find(key);
    return kept != null
        ? kept
        : add(key, Arrays.copyOfRange(key, 2, key.length), segments.count() + 1);
  }

  /** Blocks of {@code size} rows: first row of the segment, its rows, first row inside it. */
  Table blocks(Segments segments, int size) {
    int[] key = key(Kind.BLOCKS, size, segments);
    Table kept = find(key);
    if (kept != null) {
      return kept;
    }
    int count = 0;
    for (int s = 0; s < segments.count(); s++) {
      count += Grid.ceil(segments.length(s), size);
    }
    int[] values = new int[3 * count];
    int at = 0;
    for (int s = 0; s < segments.count(); s++) {
      for (int first = 0; first < segments.length(s); first += size) {
        values[at++] = segments.start(s);
        values[at++] = segments.length(s);
        values[at++] = first;
      }
    }
    return add(key, values, count);
  }

  /** For each output frame of a convolution: input frame below its first tap, segment's ends. */
  Table places(Conv2dGeometry geometry, Segments frames, Segments outputFrames) {
    int[] layout = key(Kind.PLACES, geometry.kernel(), frames);
    int[] key = Arrays.copyOf(layout, layout.length + 2);
    key[layout.length] = geometry.stride();
    key[layout.length + 1] = geometry.padding();
    Table kept = find(key);
    if (kept != null) {
      return kept;
    }
    int[] values = new int[3 * outputFrames.rows()];
    int at = 0;
    for (int s = 0; s < frames.count(); s++) {
      for (int t = 0; t < outputFrames.length(s); t++) {
        values[at++] = frames.start(s) + t * geometry.stride() - geometry.padding();
        values[at++] = frames.start(s);
        values[at++] = frames.start(s + 1);
      }
    }
    return add(key, values, outputFrames.rows());
  }

  private static int[] key(Kind kind, int parameter, Segments segments) {
    int[] key = new int[segments.count() + 3];
    key[0] = kind.ordinal();
    key[1] = parameter;
    for (int s = 0; s <= segments.count(); s++) {
      key[s + 2] = segments.start(s);
    }
    return key;
  }

  private Table find(int[] key) {
    for (Table table : tables) {
      if (Arrays.equals(table.key(), key)) {
        return table;
      }
    }
    return null;
  }

  private Table add(int[] key, int[] values, int entries) {
    if (tables.size() == KEPT) {
      tables.remove(0).memory().close();
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.nativeOrder());
    bytes.asIntBuffer().put(values);
    Memory memory = device.allocate(Math.max(bytes.capacity(), Integer.BYTES));
    try {
      queue.upload(bytes, memory);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    Table table = new Table(key, memory, entries);
    tables.add(table);
    return table;
  }

  @Override
  public void close() {
    tables.forEach(table -> table.memory().close());
    tables.clear();
  }
}
