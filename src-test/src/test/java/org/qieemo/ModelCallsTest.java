package org.qieemo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Execution;
import org.qieemo.model.Forward;

/**
 * Calls against close, in orders that latches hold fast: what the recognizer's threads may do to
 * each other passes through {@link ModelCalls} alone.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ModelCallsTest {
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger backendsClosed = new AtomicInteger();
  private final ModelCalls pool =
      new ModelCalls(
          new ModelOnBackend(null, counted(Backends.open("cpu", new BackendOptions(1))), List.of()),
          null,
          warning -> {
            throw new AssertionError(warning);
          });

  private Backend counted(Backend backend) {
    return proxy(
        Backend.class,
        (self, method, arguments) -> {
          if (method.getName().equals("newExecution")) {
            opened.incrementAndGet();
            return counted(backend.newExecution());
          }
          if (method.getName().equals("close")) {
            backendsClosed.incrementAndGet();
          }
          return method.invoke(backend, arguments);
        });
  }

  private Execution counted(Execution execution) {
    return proxy(
        Execution.class,
        (self, method, arguments) -> {
          if (method.getName().equals("close")) {
            closed.incrementAndGet();
          }
          return method.invoke(execution, arguments);
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** A call that stays inside until it is let go. */
  private final class Held {
    final CountDownLatch inside = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final FutureTask<String> result = new FutureTask<>(() -> pool.run((model, forward) -> hold()));
    final Thread thread = new Thread(result);

    private String hold() {
      inside.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        return "interrupted";
      }
      return "heard";
    }

    Held start() throws InterruptedException {
      thread.start();
      inside.await();
      return this;
    }
  }

  private static FutureTask<String> startWaiting(FutureTask<String> task)
      throws InterruptedException {
    Thread thread = new Thread(task);
    thread.start();
    while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
      Thread.sleep(1);
    }
    return task;
  }

  private FutureTask<String> closing() throws InterruptedException {
    return startWaiting(new FutureTask<>(pool::close, "closed"));
  }

  @Test
  void closeWaitsForTheCallInsideAndLaterCallsAreRefused() throws Exception {
    Held call = new Held().start();
    FutureTask<String> close = closing();
    assertFalse(close.isDone(), "a call is inside");
    assertThrows(IllegalStateException.class, () -> pool.run((model, forward) -> "too late"));
    assertEquals(0, closed.get(), "buffers are in use");
    call.go.countDown();
    assertEquals("heard", call.result.get());
    assertEquals("closed", close.get());
    assertNothingIsLeft();
  }

  @Test
  void twoClosersCloseOnce() throws Exception {
    Held call = new Held().start();
    FutureTask<String> first = closing();
    FutureTask<String> second = closing();
    call.go.countDown();
    first.get();
    second.get();
    pool.close();
    assertNothingIsLeft();
  }

  @Test
  void anInterruptedCallerGivesItsBuffersBack() throws Exception {
    Held call = new Held().start();
    call.thread.interrupt();
    assertEquals("interrupted", call.result.get());
    assertEquals("next", pool.run((model, forward) -> "next"));
    assertEquals(1, opened.get(), "the same buffers");
    pool.close();
    assertNothingIsLeft();
  }

  /** An interrupt does not break a close into halves. */
  @Test
  void anInterruptedCloserClosesAllTheSame() throws Exception {
    Held call = new Held().start();
    FutureTask<String> close = new FutureTask<>(pool::close, "closed");
    Thread closer = new Thread(close);
    closer.start();
    while (closer.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    closer.interrupt();
    call.go.countDown();
    assertEquals("closed", close.get());
    assertNothingIsLeft();
  }

  @Test
  void buffersOfAFailedCallAreThrownAway() {
    RuntimeException failure = new IllegalArgumentException("bad input");
    RuntimeException thrown =
        assertThrows(
            RuntimeException.class,
            () ->
                pool.run(
                    (model, forward) -> {
                      throw failure;
                    }));
    assertSame(failure, thrown);
    assertEquals(1, closed.get());
    pool.close();
    assertNothingIsLeft();
  }

  @Test
  void streamsEndWithThePool() {
    Forward open = pool.on(ForwardPool::keep);
    Forward given = pool.on(ForwardPool::keep);
    pool.on(place -> free(place, given));
    pool.on(place -> free(place, given));
    assertEquals(1, closed.get());
    pool.close();
    assertEquals(2, closed.get());
    assertThrows(IllegalStateException.class, () -> pool.on(place -> free(place, open)));
    assertNothingIsLeft();
  }

  private static String free(ForwardPool place, Forward forward) {
    place.free(forward);
    return "freed";
  }

  @Test
  void callsAtTheSameTimeHaveBuffersOfTheirOwn() throws Exception {
    Held one = new Held().start();
    Held two = new Held().start();
    assertEquals(2, opened.get());
    one.go.countDown();
    one.result.get();
    new Held().start().go.countDown();
    assertEquals(2, opened.get(), "the first one's are free again");
    two.go.countDown();
    two.result.get();
    pool.close();
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    assertTrue(opened.get() > 0);
    assertEquals(opened.get(), closed.get(), "executions opened and closed");
    assertEquals(1, backendsClosed.get());
  }
}
