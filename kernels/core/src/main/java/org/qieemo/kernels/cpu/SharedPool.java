package org.qieemo.kernels.cpu;

import java.util.HashMap;
import java.util.Map;

/**
 * A use of a pool of threads. Back ends with kernels of the same kind and the same number of
 * threads use one pool, so that several recognizers at work do not take more processors than one:
 * who finds the pool busy works on its own thread (see {@link WorkerPool}). The last use to close
 * ends the threads. Thread-safe.
 */
final class SharedPool implements AutoCloseable {
  /** What back ends must have in common: threads' scratch buffers fit kernels of one class. */
  private record Kind(Class<?> kernels, int threads) {}

  private static final class Entry {
    private final WorkerPool pool;
    private int uses; // guarded by IN_USE

    Entry(WorkerPool pool) {
      this.pool = pool;
    }
  }

  private static final Map<Kind, Entry> IN_USE = new HashMap<>(); // guarded by itself

  private final Kind kind;
  private final WorkerPool workers;
  private boolean closed; // guarded by IN_USE

  /** The pool of these, started if nobody uses one yet. */
  SharedPool(CpuKernels kernels, int threads) {
    kind = new Kind(kernels.getClass(), threads);
    synchronized (IN_USE) {
      Entry entry = IN_USE.computeIfAbsent(kind, k -> new Entry(new WorkerPool(threads, kernels)));
      entry.uses++;
      workers = entry.pool;
    }
  }

  WorkerPool workers() {
    return workers;
  }

  /** Ends this use; the second time nothing. */
  @Override
  public void close() {
    synchronized (IN_USE) {
      if (closed) {
        return;
      }
      closed = true;
      if (--IN_USE.get(kind).uses == 0) {
        IN_USE.remove(kind);
        workers.close();
      }
    }
  }
}
