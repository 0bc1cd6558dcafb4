package org.qieemo;

import java.util.ArrayDeque;
import java.util.Deque;
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
      if (closed) {
        throw new IllegalStateException("the recognizer is closed");
      }
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
      backend.close();
    } finally {
      lifetime.writeLock().unlock();
    }
  }
}
