package org.qieemo.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Segments;

/**
 * Attention in two regions: keys, values and positions are packed per segment and head, then {@link
 * AttentionBlock} works on blocks of queries. Nothing of the size [T, T] is ever held.
 */
final class AttentionTask implements ParallelTask {
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
    blocks.cutQueries(segments, AttentionBlock.ROWS);
    long work = 2L * longest * q.rows() * attention.width();
    execution.run(this, blocks.count() * heads, work);
  }

  private static void grow(List<PackedMatrix> list, int size) {
    while (list.size() < size) {
      list.add(new PackedMatrix());
    }
  }

  /** Packs one head of one segment's keys and values; beyond those, one head of the positions. */
  private void pack(int item, ThreadScratch scratch) {
    int pairs = segments.count() * heads;
    int dk = attention.headWidth();
    if (item >= pairs) {
      PackedMatrix place = places.get(item - pairs);
      kernels.resize(place, dk, positions.rows());
      packPositions(place, 0, item - pairs);
      return;
    }
    int rows = segments.length(item / heads);
    int at = kv.row(segments.start(item / heads)) + item % heads * dk;
    boolean key = attention.term() == PositionTerm.KEY;
    PackedMatrix k = keys.get(item);
    kernels.resize(k, key ? 2 * dk : dk, rows);
    kernels.pack(k, 0, dk, kv.data(), at, 1, kv.stride());
    if (key) {
      packPositions(k, dk, item % heads);
    }
    PackedMatrix v = values.get(item);
    kernels.resize(v, rows, dk);
    kernels.pack(v, 0, rows, kv.data(), at + attention.width(), kv.stride(), 1);
  }

  private void packPositions(PackedMatrix to, int toDepth, int head) {
    int dk = attention.headWidth();
    int at = positions.offset() + head * dk;
    kernels.pack(to, toDepth, dk, positions.data(), at, 1, positions.stride());
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int block = item / heads;
    int head = item % heads;
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

  /** Keys [dk, frames], for KEY with the positions below: [2 dk, frames]. */
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
