package org.qieemo.kernels.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that wait spinning for a short while, then parked, so that a region of work costs about a
 * microsecond to start. The caller works too; items are taken one by one. A second caller that
 * finds the pool busy does its region alone. Thread-safe.
 *
 * <p>One word holds the state of a region: its number, whether workers may still join, and how many
 * are in it. A worker that wakes late finds the region shut and touches nothing of it.
 */
final class WorkerPool implements AutoCloseable {
  private static final long SPIN_NANOS = 100_000;
  private static final int SPINS_PER_LOOK = 64;
  private static final int SPINS_BEFORE_YIELD = 20_000;
  private static final long OPEN = 1L << 31;
  private static final long ACTIVE_MASK = OPEN - 1;
  private static final int NUMBER_SHIFT = 32;

  private final Worker[] workers;
  private final Arena arena;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicLong region = new AtomicLong();
  private final AtomicInteger next = new AtomicInteger();
  private volatile boolean closed;
  private volatile Throwable failure;
  private ParallelTask task; // published by region
  private int items; // published by region

  /** Starts {@code threads - 1} daemon threads. */
  WorkerPool(int threads, CpuKernels kernels) {
    arena = kernels.newArena();
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker("qieemo-cpu-" + (i + 1), new ThreadScratch(kernels, arena));
      workers[i].start();
    }
  }

  /** Memory of all threads that work here, callers among them. */
  Arena arena() {
    return arena;
  }

  /** Threads that a region may use, the caller among them. */
  int threads() {
    return workers.length + 1;
  }

  /** Runs all items and returns when they are done; rethrows what an item threw. */
  void run(ParallelTask work, int count, ThreadScratch scratch) {
    if (count < 2 || workers.length == 0 || !busy.compareAndSet(false, true)) {
      for (int i = 0; i < count; i++) {
        work.run(i, scratch);
      }
      return;
    }
    try {
      open(work, count);
      takeItems(scratch);
      shut();
      rethrow();
    } finally {
      task = null;
      failure = null;
      busy.set(false);
    }
  }

  private void open(ParallelTask work, int count) {
    task = work;
    items = count;
    next.set(0);
    long number = (region.get() >>> NUMBER_SHIFT) + 1;
    region.set(number << NUMBER_SHIFT | OPEN);
    int wanted = Math.min(workers.length, count - 1);
    for (int i = 0; i < wanted; i++) {
      if (workers[i].parked) {
        LockSupport.unpark(workers[i]);
      }
    }
  }

  private void shut() {
    region.getAndAdd(-OPEN);
    int spins = 0;
    while ((region.get() & ACTIVE_MASK) != 0) {
      if (++spins < SPINS_BEFORE_YIELD) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  /** Takes items until none is left; a failure is kept and ends the region. */
  private void takeItems(ThreadScratch scratch) {
    int count = items;
    ParallelTask work = task;
    try {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        work.run(i, scratch);
      }
    } catch (Throwable t) { // handed to the caller of the region
      failure = t;
      next.set(count);
    }
  }

  private void rethrow() {
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  /** Lets the threads end; a region that runs is finished first. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private final ThreadScratch scratch;
    private volatile boolean parked;

    Worker(String name, ThreadScratch scratch) {
      super(name);
      this.scratch = scratch;
      setDaemon(true);
    }

    @Override
    public void run() {
      long seen = 0;
      while (!closed) {
        long state = region.get();
        if (isNew(state, seen)) {
          if (region.compareAndSet(state, state + 1)) {
            seen = state >>> NUMBER_SHIFT;
            takeItems(scratch);
            region.getAndDecrement();
          }
        } else {
          await(seen);
        }
      }
    }

    private boolean isNew(long state, long seen) {
      return (state & OPEN) != 0 && state >>> NUMBER_SHIFT != seen;
    }

    private void await(long seen) {
      long start = System.nanoTime();
      do {
        for (int i = 0; i < SPINS_PER_LOOK; i++) {
          if (isNew(region.get(), seen)) {
            return;
          }
          Thread.onSpinWait();
        }
      } while (System.nanoTime() - start < SPIN_NANOS);
      parked = true;
      while (!closed && !isNew(region.get(), seen)) {
        LockSupport.park(WorkerPool.this);
      }
      parked = false;
    }
  }
}
