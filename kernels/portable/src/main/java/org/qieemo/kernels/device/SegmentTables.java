package org.qieemo.kernels.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Segments;

/**
 * What kernels must know of a batch's layout, as tables of ints on the device. A table stays where
 * it is as long as the layouts' room allows: the next batch's values take the place of the last
 * one's, so that launches with a table as their argument can be the same for both. Entries for rows
 * behind the last segment name a segment without rows. One thread at a time.
 */
final class SegmentTables implements AutoCloseable {
  /** A forward needs one table per convolution, then rows, blocks and starts; the oldest goes. */
  private static final int KEPT = 12;

  private final Device device;
  private final Queue queue;
  private final List<SegmentTable> tables = new ArrayList<>(); // the last used last

  SegmentTables(Device device, Queue queue) {
    this.device = device;
    this.queue = queue;
  }

  /** For each row: first row of its segment, one past the last. */
  SegmentTable rows(Segments segments) {
    return current(SegmentTable.Kind.ROWS, 0, segments, segments);
  }

  /** First row of each segment, then the number of rows. */
  SegmentTable starts(Segments segments) {
    return current(SegmentTable.Kind.STARTS, 0, segments, segments);
  }

  /** Blocks of {@code size} rows: first row of the segment, its rows, first row inside it. */
  SegmentTable blocks(Segments segments, int size) {
    return current(SegmentTable.Kind.BLOCKS, size, segments, segments);
  }

  /** For each output frame of a convolution: input frame below its first tap, segment's ends. */
  SegmentTable places(Conv2dGeometry geometry, Segments frames, Segments outputFrames) {
    int parameter = geometry.stride() << 16 | geometry.padding();
    return current(SegmentTable.Kind.PLACES, parameter, frames, outputFrames);
  }

  /** Brings the tables of these layouts up to date, before launches that need them wait. */
  void refresh(List<Segments> stages) {
    for (SegmentTable table : tables) {
      if (table.isOf(stages) && !table.isCurrent()) {
        fill(table);
      }
    }
  }

  private SegmentTable current(
      SegmentTable.Kind kind, int parameter, Segments segments, Segments out) {
    SegmentTable table = use(kind, parameter, segments, out);
    if (!table.isCurrent()) {
      fill(table);
    }
    return table;
  }

  /** The table, which is the last in the list now. */
  private SegmentTable use(SegmentTable.Kind kind, int parameter, Segments segments, Segments out) {
    SegmentTable found = null;
    for (int i = 0; i < tables.size() && found == null; i++) {
      if (tables.get(i).is(kind, parameter, segments, out)) {
        found = tables.remove(i);
      }
    }
    if (found == null && tables.size() == KEPT) {
      tables.remove(0).close();
    }
    SegmentTable table = found == null ? new SegmentTable(kind, parameter, segments, out) : found;
    tables.add(table);
    return table;
  }

  private void fill(SegmentTable table) {
    int[] values = table.values();
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.nativeOrder());
    bytes.asIntBuffer().put(values);
    table.reserve(device, Math.max(bytes.capacity(), Integer.BYTES));
    queue.write(bytes, table.memory());
    table.setCurrent();
  }

  @Override
  public void close() {
    tables.forEach(SegmentTable::close);
    tables.clear();
  }
}
