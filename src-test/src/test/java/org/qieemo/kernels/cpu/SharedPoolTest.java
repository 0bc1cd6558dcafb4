package org.qieemo.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.qieemo.kernels.plain.PlainKernelsProvider;

/**
 * Back ends of one kind share a pool, whose threads end with the last of them and sleep when idle.
 */
class SharedPoolTest {
  private static final int THREADS = 7; // as no other test has
  private static final long LONG_MILLIS = 60_000;

  private final CpuKernels kernels = new PlainKernelsProvider().create();
  private final CpuKernels alike = new PlainKernelsProvider().create();
  private final ThreadScratch scratch = new ThreadScratch(kernels, kernels.newArena());
  private final Set<Thread> before = threads();

  @Test
  void theLastUseEndsTheThreads() throws InterruptedException {
    SharedPool first = new SharedPool(kernels, THREADS);
    SharedPool second = new SharedPool(alike, THREADS);
    assertSame(first.workers(), second.workers());
    Set<Thread> workers = started();
    assertEquals(THREADS - 1, workers.size());
    first.close();
    first.close();
    assertEquals(THREADS, threadsOfARegion(second.workers()), "the other use lost its threads");
    second.close();
    for (Thread worker : workers) {
      worker.join(LONG_MILLIS);
      assertTrue(!worker.isAlive(), worker.getName() + " lives on");
    }
    try (SharedPool next = new SharedPool(kernels, THREADS)) {
      assertNotSame(first.workers(), next.workers());
      assertEquals(THREADS, threadsOfARegion(next.workers()));
    }
  }

  @Test
  void anotherNumberOfThreadsIsAnotherPool() {
    try (SharedPool some = new SharedPool(kernels, THREADS);
        SharedPool more = new SharedPool(kernels, THREADS + 1)) {
      assertNotSame(some.workers(), more.workers());
      assertEquals(THREADS + 1, more.workers().threads());
    }
  }

  @Test
  void idleThreadsSleep() throws InterruptedException {
    try (SharedPool pool = new SharedPool(kernels, THREADS)) {
      threadsOfARegion(pool.workers());
      long limit = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONG_MILLIS);
      while (started().stream().anyMatch(t -> t.getState() != Thread.State.WAITING)) {
        assertTrue(System.nanoTime() < limit, "a thread without work does not sleep");
        Thread.sleep(1);
      }
    }
  }

  /** How many threads take part where each item waits for all the others. */
  private int threadsOfARegion(WorkerPool pool) {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch together = new CountDownLatch(pool.threads());
    pool.run(
        (item, s) -> {
          seen.add(Thread.currentThread());
          together.countDown();
          try {
            assertTrue(together.await(LONG_MILLIS, TimeUnit.MILLISECONDS), "too few threads");
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        pool.threads(),
        scratch);
    return seen.size();
  }

  private Set<Thread> started() {
    Set<Thread> found = new HashSet<>(threads());
    found.removeAll(before);
    return found;
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("qieemo-cpu-"))
        .collect(Collectors.toSet());
  }
}
