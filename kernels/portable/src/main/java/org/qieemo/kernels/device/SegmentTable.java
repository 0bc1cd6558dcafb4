package org.qieemo.kernels.device;

import java.util.Arrays;
import java.util.List;
import org.qieemo.kernels.Segments;

/** One of {@link SegmentTables}: what it is made from, and where its values lie. */
final class SegmentTable implements AutoCloseable {
  /** What it tells; see the methods of {@link SegmentTables}. */
  enum Kind {
    ROWS,
    STARTS,
    BLOCKS,
    PLACES
  }

  private final Kind kind;
  private final int parameter; // rows of a block; stride and padding of a convolution
  private final Segments segments; // the caller's, who may fill it anew
  private final Segments out; // of PLACES; segments for the others
  private int[] layout = new int[0]; // that the values on the device are of
  private Memory memory; // null before the first values

  SegmentTable(Kind kind, int parameter, Segments segments, Segments out) {
    this.kind = kind;
    this.parameter = parameter;
    this.segments = segments;
    this.out = out;
  }

  boolean is(Kind wanted, int wantedParameter, Segments of, Segments ofOut) {
    return kind == wanted && parameter == wantedParameter && segments == of && out == ofOut;
  }

  boolean isOf(List<Segments> stages) {
    return contains(stages, segments) && contains(stages, out);
  }

  private static boolean contains(List<Segments> stages, Segments one) {
    for (Segments stage : stages) {
      if (stage == one) {
        return true;
      }
    }
    return false;
  }

  /** Whether the values on the device are those of the layouts as they are now. */
  boolean isCurrent() {
    int count = segments.count();
    if (layout.length != count + 4 || layout[count + 1] != segments.room()) {
      return false;
    }
    for (int s = 0; s <= count; s++) {
      if (layout[s] != segments.start(s)) {
        return false;
      }
    }
    return layout[count + 2] == out.room() && layout[count + 3] == out.rows();
  }

  /** The values on the device are now those of the layouts. */
  void setCurrent() {
    int count = segments.count();
    if (layout.length != count + 4) {
      layout = new int[count + 4];
    }
    for (int s = 0; s <= count; s++) {
      layout[s] = segments.start(s);
    }
    layout[count + 1] = segments.room();
    layout[count + 2] = out.room();
    layout[count + 3] = out.rows();
  }

  /** Number of entries, which depends on the number of segments and their room alone. */
  int entries() {
    return switch (kind) {
      case ROWS, PLACES -> out.room();
      case STARTS -> segments.count() + 1;
      case BLOCKS -> {
        // each segment may leave a block that is not full
        long rows = segments.room() + (long) segments.count() * (parameter - 1);
        yield Math.toIntExact(rows / parameter);
      }
    };
  }

  /** The values for the layouts as they are now. */
  int[] values() {
    return switch (kind) {
      case ROWS -> rows();
      case STARTS -> starts();
      case BLOCKS -> blocks();
      case PLACES -> places();
    };
  }

  private int[] rows() {
    int[] values = new int[2 * entries()];
    for (int s = 0; s < segments.count(); s++) {
      for (int r = segments.start(s); r < segments.start(s + 1); r++) {
        values[2 * r] = segments.start(s);
        values[2 * r + 1] = segments.start(s + 1);
      }
    }
    return values;
  }

  private int[] starts() {
    int[] values = new int[entries()];
    for (int s = 0; s < values.length; s++) {
      values[s] = segments.start(s);
    }
    return values;
  }

  private int[] blocks() {
    int[] values = new int[3 * entries()];
    int at = 0;
    for (int s = 0; s < segments.count(); s++) {
      for (int first = 0; first < segments.length(s); first += parameter) {
        values[at++] = segments.start(s);
        values[at++] = segments.length(s);
        values[at++] = first;
      }
    }
    return values;
  }

  private int[] places() {
    int stride = parameter >>> 16;
    int padding = parameter & 0xffff;
    int[] values = new int[3 * entries()];
    int at = 0;
    for (int s = 0; s < segments.count(); s++) {
      for (int t = 0; t < out.length(s); t++) {
        values[at++] = segments.start(s) + t * stride - padding;
        values[at++] = segments.start(s);
        values[at++] = segments.start(s + 1);
      }
    }
    return values;
  }

  /** Sees to it that there is memory, whose contents may be lost. */
  void reserve(Device device, long bytes) {
    Arrays.fill(layout, -1);
    if (memory == null || memory.bytes() < bytes) {
      close();
      memory = device.allocate(Long.highestOneBit(bytes - 1) << 1);
    }
  }

  Memory memory() {
    return memory;
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
