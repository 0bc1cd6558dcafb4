package org.qieemo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.qieemo.kernels.BackendException;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;

/**
 * Runs calls on the model, wherever it is prepared at the moment. A back end that fails during a
 * call may be given up: the model is prepared on another one, once, with a warning, the calls that
 * failed are repeated there, later ones begin there, and the failed one is closed after its last
 * call. Thread-safe; {@link #close()} waits for running calls.
 */
final class ModelCalls implements AutoCloseable {
  private final Supplier<ModelOnBackend> instead; // null: failures are the caller's
  private final Consumer<String> listener;
  private final List<String> warnings; // guarded by this
  private final Map<ForwardPool, Integer> running = new HashMap<>(); // guarded by this: calls
  private int leaving; // guarded by this: places given up that are being closed
  private ForwardPool pool; // guarded by this: where calls begin
  private boolean mayMove; // guarded by this
  private boolean closed; // guarded by this

  /**
   * Takes over a prepared model.
   *
   * @param instead prepares the model on the back end that never fails; null to stay
   * @param listener is told of a change in one line, by a thread that calls
   */
  ModelCalls(ModelOnBackend prepared, Supplier<ModelOnBackend> instead, Consumer<String> listener) {
    this.pool = new ForwardPool(prepared);
    this.instead = instead;
    this.listener = listener;
    this.warnings = new ArrayList<>(prepared.warnings());
    this.mayMove = instead != null;
  }

  /**
   * Runs a call on buffers of its own. It may run twice.
   *
   * @throws BackendException if the back end fails and is not given up
   * @throws IllegalStateException after {@link #close()}
   */
  <R> R run(BiFunction<Qieemo, Forward, R> call) {
    return on(place -> place.run(call));
  }

  /** As {@link #run} for work that knows where it runs. */
  <R> R on(Function<ForwardPool, R> work) {
    ForwardPool place = enter(false);
    try {
      return work.apply(place);
    } catch (BackendException e) {
      giveUp(place, e);
      ForwardPool failed = place;
      place = enter(true); // before leaving, so that closing waits for this call
      leave(failed);
      return work.apply(place);
    } finally {
      leave(place);
    }
  }

  /** Whether a later call may run on another back end. */
  synchronized boolean mayMove() {
    return mayMove;
  }

  /** The model as it is prepared now. */
  synchronized Qieemo model() {
    return pool.model();
  }

  /** What the API tells of the back end. */
  synchronized BackendInfo info() {
    var backend = pool.backend();
    return new BackendInfo(backend.name(), backend.description(), List.copyOf(warnings));
  }

  private synchronized ForwardPool enter(boolean begun) {
    if (closed && !begun) {
      throw new IllegalStateException("the recognizer is closed");
    }
    running.merge(pool, 1, Integer::sum);
    return pool;
  }

  private void leave(ForwardPool place) {
    boolean last; // nobody enters a place that was given up
    synchronized (this) {
      running.computeIfPresent(place, (p, calls) -> calls == 1 ? null : calls - 1);
      last = place != pool && !running.containsKey(place);
      leaving += last ? 1 : 0;
      notifyAll();
    }
    if (last) {
      closeLeft(place);
    }
  }

  private void closeLeft(ForwardPool place) {
    try {
      place.close();
    } finally {
      synchronized (this) {
        leaving--;
        notifyAll();
      }
    }
  }

  /** Moves on from a back end that failed, unless another call has done so. */
  private void giveUp(ForwardPool failed, BackendException failure) {
    String warning = failed.backend().name() + " failed: " + failure.getMessage();
    synchronized (this) {
      if (pool != failed) {
        return;
      }
      if (!mayMove) {
        throw failure;
      }
      pool = prepareInstead(failure);
      mayMove = false;
      warning += "; " + pool.backend().name() + " runs from here on";
      warnings.add(warning);
    }
    listener.accept(warning);
  }

  private ForwardPool prepareInstead(BackendException failure) {
    try {
      return new ForwardPool(instead.get());
    } catch (RuntimeException | Error e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      waitForCalls();
    }
    pool.close();
  }

  /** Waits, holding the lock between the waits; an interrupt is kept for later. */
  private void waitForCalls() {
    boolean interrupted = false;
    while (!running.isEmpty() || leaving > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
