package org.qieemo.kernels.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Segments;

/**
 * Attention in two regions: keys, values and positions are packed per segment and head, then {@link
 * AttentionBlock} works on blocks of queries. Nothing of the size [T, T] is ever held.
 */
final class AttentionTask implements ParallelTask {
  private static final int SUMS = 0; // buffer [frames, dk]

  private final CpuExecution execution;
  private final CpuKernels kernels;
  private final ParallelTask packTask = this::pack;
  private final Blocks blocks = new Blocks();
  private final List<PackedMatrix> keys = new ArrayList<>(); // [segment * heads + head]
  private final List<PackedMatrix> values = new ArrayList<>(); // [segment * heads + head]
  private final List<PackedMatrix> places = new ArrayList<>(); // [head]: [dk, position rows]
  private CpuAttention attention;
  private CpuTensor q; // [rows, d]
  private CpuTensor kv; // [rows, 2d]
  private CpuTensor positions; // [_, d] or null
  private Segments segments;
  private CpuTensor out; // [rows, d]
  private int heads;
  private int longest;

  AttentionTask(CpuExecution execution, CpuKernels kernels) {
    this.execution = execution;
    this.kernels = kernels;
  }

  /** The inputs; {@link #start} follows. */
  AttentionTask inputs(CpuTensor queries, CpuTensor keysValues, CpuTensor positionRows) {
    q = queries;
    kv = keysValues;
    positions = positionRows;
    return this;
  }

  void start(CpuAttention by, Segments inside, CpuTensor to) {
    attention = by;
    segments = inside;
    out = to;
    heads = attention.heads();
    longest = segments.longest();
    int pairs = segments.count() * heads;
    grow(keys, pairs);
    grow(values, pairs);
    grow(places, heads);
    int packs = pairs + (attention.shifts() ? heads : 0);
    execution.run(packTask, packs, 4L * kv.rows() * kv.cols());
    int most = AttentionBlock.mostRows(kernels);
    blocks.cutQueries(segments, RowBlocks.size(longest, most, 1, 1));
    long work = 2L * longest * q.rows() * attention.width();
    execution.run(this, blocks.count() * heads, work);
  }

  private void grow(List<PackedMatrix> list, int size) {
    while (list.size() < size) {
      list.add(new PackedMatrix(execution.arena()));
    }
  }

  /** Packs one head of one segment's keys and values; beyond those, one head of the positions. */
  private void pack(int item, ThreadScratch scratch) {
    int pairs = segments.count() * heads;
    int dk = attention.headWidth();
    if (item >= pairs) {
      PackedMatrix place = places.get(item - pairs);
      kernels.resize(place, dk, positions.rows());
      int placeAt = positions.offset() + (item - pairs) * dk;
      kernels.pack(place, 0, dk, positions.data(), placeAt, 1, positions.stride());
      return;
    }
    int rows = segments.length(item / heads);
    int at = kv.row(segments.start(item / heads)) + item % heads * dk;
    PackedMatrix k = keys.get(item);
    kernels.resize(k, dk, rows);
    if (attention.term() == PositionTerm.KEY) {
      packPlacedKeys(k, rows, at, item % heads, scratch);
    } else {
      Arrays.fill(k.bias(), 0f); // another attention may have left its own
      kernels.pack(k, 0, dk, kv.data(), at, 1, kv.stride());
    }
    PackedMatrix v = values.get(item);
    kernels.resize(v, rows, dk);
    kernels.pack(v, 0, rows, kv.data(), at + attention.width(), kv.stride(), 1);
  }

  /**
   * (q + u).k + (q + v).p = q.(k + p) + u.k + v.p, over sqrt(dk): packs the sums k + p, and as the
   * bias of each column what does not depend on q.
   */
  private void packPlacedKeys(
      PackedMatrix to, int rows, int keyAt, int head, ThreadScratch scratch) {
    int dk = attention.headWidth();
    int col = head * dk;
    float[] sums = scratch.buffer(SUMS, (long) rows * dk);
    Rows key = scratch.first().at(kv.data(), keyAt, kv.stride());
    Rows place =
        scratch.second().at(positions.data(), positions.offset() + col, positions.stride());
    PlacedKeys keys = scratch.keys().of(attention, head).to(sums, to.bias());
    kernels.placeKeys(key, place, rows, keys, scratch);
    kernels.pack(to, 0, dk, sums, 0, 1, dk);
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int block = item % blocks.count(); // those of one head together: its keys stay in the cache
    int head = item / blocks.count();
    int segment = blocks.segment(block);
    int first = blocks.first(block);
    int rows = blocks.rows(block, segments.length(segment));
    AttentionBlock work = scratch.attention();
    work.place(this, segment, head, first, rows);
    work.run();
  }

  CpuAttention attention() {
    return attention;
  }

  CpuTensor q() {
    return q;
  }

  CpuTensor out() {
    return out;
  }

  /** Rows of the positions, 0 without. */
  int positionRows() {
    return positions == null ? 0 : positions.rows();
  }

  Segments segments() {
    return segments;
  }

  /** Frames of the longest segment. */
  int longest() {
    return longest;
  }

  /** Keys [dk, frames], for KEY with the positions added. */
  PackedMatrix keys(int segment, int head) {
    return keys.get(segment * heads + head);
  }

  /** Values [frames, dk]. */
  PackedMatrix values(int segment, int head) {
    return values.get(segment * heads + head);
  }

  /** Positions [dk, position rows] for RELATIVE and LEGACY. */
  PackedMatrix places(int head) {
    return places.get(head);
  }
}
