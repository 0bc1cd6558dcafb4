package org.qieemo.kernels.device;

import java.util.Map;
import java.util.TreeMap;
import org.qieemo.kernels.BackendException;

/**
 * Sizes of work-groups that fit a device; the kernel text gets them as definitions.
 *
 * @param tile rows and columns of a matrix product that a group computes: 64, 32 or 16
 * @param rowItems work-items of a group that works on a row or on elements; a power of two
 * @param attentionItems work-items of an attention group; a power of two
 */
record Tuning(int tile, int rowItems, int attentionItems) {
  /** Columns of a head that one attention group writes, queries that it takes: attention.cl. */
  static final int SLICE = 64;

  static final int QUERIES = 16;

  private static final int LEAST_ITEMS = 16;

  /** Three tiles of 16 rows, and what attention.cl and a row of the largest size take. */
  private static final long LEAST_LOCAL_BYTES = 10 << 10;

  private static final int TILE_DEPTH = 16;

  /**
   * The largest sizes within the limits.
   *
   * @throws BackendException if even the smallest do not fit
   */
  static Tuning of(Limits limits) {
    if (limits.groupItems() < LEAST_ITEMS || limits.localBytes() < LEAST_LOCAL_BYTES) {
      throw new BackendException(
          "the device permits work-groups of "
              + limits.groupItems()
              + " with "
              + limits.localBytes()
              + " bytes of local memory, and "
              + LEAST_ITEMS
              + " with "
              + LEAST_LOCAL_BYTES
              + " are needed: use another device");
    }
    int tile = 64;
    while (items(tile) > limits.groupItems() || tileBytes(tile) > limits.localBytes()) {
      tile /= 2;
    }
    return new Tuning(tile, atMost(256, limits), atMost(128, limits));
  }

  private static int items(int tile) {
    return tile / 4 * (tile / 4);
  }

  /** The input's tile and those of GLU's values and gates. */
  private static long tileBytes(int tile) {
    return 3L * TILE_DEPTH * (tile + 1) * Float.BYTES;
  }

  private static int atMost(int items, Limits limits) {
    return Math.min(items, Integer.highestOneBit(limits.groupItems()));
  }

  /** Work-items of a matrix product's group. */
  int tileItems() {
    return items(tile);
  }

  /** As definitions in front of the kernel text. */
  Map<String, String> definitions() {
    Map<String, String> all = new TreeMap<>();
    all.put("TILE", String.valueOf(tile));
    all.put("ROW_ITEMS", String.valueOf(rowItems));
    all.put("ATTENTION_ITEMS", String.valueOf(attentionItems));
    return all;
  }
}
