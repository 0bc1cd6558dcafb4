package org.qieemo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiFunction;
import org.qieemo.kernels.Backend;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;

/**
 * A model on a back end with the buffers of its calls: each call borrows a {@link Forward} that no
 * other call has, streams keep theirs. Thread-safe, but for closing, which must wait until no call
 * runs: {@link ModelCalls} sees to that.
 */
final class ForwardPool implements AutoCloseable {
  private final Qieemo model;
  private final Backend backend;
  private final Deque<Forward> idle = new ArrayDeque<>(); // guarded by itself
  private final Set<Forward> kept = new HashSet<>(); // guarded by itself; of streams

  /** Takes over the back end. */
  ForwardPool(ModelOnBackend prepared) {
    this.model = prepared.model();
    this.backend = prepared.backend();
  }

  Qieemo model() {
    return model;
  }

  Backend backend() {
    return backend;
  }

  /** Runs a call on buffers of its own. Buffers of a call that failed are thrown away. */
  <R> R run(BiFunction<Qieemo, Forward, R> call) {
    Forward forward = borrow();
    boolean done = false;
    try {
      R result = call.apply(model, forward);
      done = true;
      return result;
    } finally {
      giveBack(forward, done);
    }
  }

  /** Buffers for one stream, which gives them back to {@link #free}; freed with the pool. */
  Forward keep() {
    Forward forward = new Forward(backend);
    synchronized (kept) {
      kept.add(forward);
    }
    return forward;
  }

  /** Frees what {@link #keep} gave; idempotent, also after the pool was closed. */
  void free(Forward forward) {
    synchronized (kept) {
      if (kept.remove(forward)) {
        forward.close();
      }
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
    synchronized (idle) {
      idle.forEach(Forward::close);
      idle.clear();
    }
    synchronized (kept) {
      kept.forEach(Forward::close);
      kept.clear();
    }
    backend.close();
  }
}
