package org.qieemo.bench.profile;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up, op by op, the calling thread's processor time of one forward after the other. On one
 * thread that is all the time there is, whatever else the machine does. Not thread-safe.
 */
final class OpClock {
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Map<String, Op> ops = new LinkedHashMap<>();

  /** What is known of one op: of every forward the nanoseconds, of one the calls and operations. */
  static final class Op {
    private final List<Double> nanos = new ArrayList<>();
    private double nanosNow;
    private double flopNow;
    private int callsNow;
    private double flop;
    private int calls;

    /** Calls in a forward. */
    int calls() {
      return calls;
    }

    /** Floating-point operations of a forward's products, a multiply-add being two. */
    double flop() {
      return flop;
    }

    /** Median over the forwards, of the sum of a forward's calls. */
    double medianNanos() {
      List<Double> sorted = nanos.stream().sorted().toList();
      return sorted.get(sorted.size() / 2);
    }
  }

  /** Runs and times one call. */
  void time(String name, double flop, Runnable call) {
    long begin = threads.getCurrentThreadCpuTime();
    call.run();
    long end = threads.getCurrentThreadCpuTime();
    Op op = ops.computeIfAbsent(name, n -> new Op());
    op.nanosNow += end - begin;
    op.flopNow += flop;
    op.callsNow++;
  }

  /** Closes the account of a forward. */
  void endForward() {
    for (Op op : ops.values()) {
      op.nanos.add(op.nanosNow);
      op.flop = op.flopNow;
      op.calls = op.callsNow;
      op.nanosNow = 0;
      op.flopNow = 0;
      op.callsNow = 0;
    }
  }

  /** Forgets the forwards so far. */
  void forget() {
    ops.clear();
  }

  /** By name, in the order of their first call. */
  Map<String, Op> ops() {
    return ops;
  }
}
