package org.qieemo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.qieemo.kernels.Backend;
import org.qieemo.model.Forward;

/**
 * The buffers of concurrent calls on one back end: each call borrows a {@link Forward} that no
 * other call has. Thread-safe; closing waits for running calls.
 */
final class ForwardPool implements AutoCloseable {
  private final Backend backend;
  private final Deque<Forward> idle = new ArrayDeque<>(); // guarded by itself
  private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
  private final Set<Lease> leases = new HashSet<>(); // guarded by itself
  private boolean closed; // guarded by lifetime

  ForwardPool(Backend backend) {
    this.backend = backend;
  }

  /**
   * Runs a call on buffers of its own. Buffers of a call that failed are thrown away.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  <R> R run(Function<Forward, R> call) {
    lifetime.readLock().lock();
    try {
      requireOpen();
      Forward forward = borrow();
      boolean done = false;
      try {
        R result = call.apply(forward);
        done = true;
        return result;
      } finally {
        giveBack(forward, done);
      }
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /**
   * Buffers that one stream keeps between its calls.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  Lease lend() {
    return run(
        unused -> {
          Lease lease = new Lease(new Forward(backend));
          synchronized (leases) {
            leases.add(lease);
          }
          return lease;
        });
  }

  /** Buffers of one stream. Used by one thread at a time; closed with the pool at the latest. */
  final class Lease implements AutoCloseable {
    private final Forward forward;

    private Lease(Forward forward) {
      this.forward = forward;
    }

    /**
     * Runs a call of the stream.
     *
     * @throws IllegalStateException after the pool or the lease were closed
     */
    <R> R run(Function<Forward, R> call) {
      lifetime.readLock().lock();
      try {
        requireOpen();
        return call.apply(forward);
      } finally {
        lifetime.readLock().unlock();
      }
    }

    /** Frees the buffers; idempotent. */
    @Override
    public void close() {
      synchronized (leases) {
        if (leases.remove(this)) {
          forward.close();
        }
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the recognizer is closed");
    }
  }

  private Forward borrow() {
    synchronized (idle) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return new Forward(backend);
  }

  private void giveBack(Forward forward, boolean reusable) {
    if (!reusable) {
      forward.close();
      return;
    }
    synchronized (idle) {
      idle.push(forward);
    }
  }

  @Override
  public void close() {
    lifetime.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      idle.forEach(Forward::close);
      idle.clear();
      synchronized (leases) {
        leases.forEach(lease -> lease.forward.close());
        leases.clear();
      }
      backend.close();
    } finally {
      lifetime.writeLock().unlock();
    }
  }
}
