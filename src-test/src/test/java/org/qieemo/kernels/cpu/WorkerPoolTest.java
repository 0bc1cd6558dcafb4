package org.qieemo.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every item runs exactly once, failures reach the caller, a busy pool never blocks; and the orders
 * of caller, workers, second callers and close that latches can hold fast.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WorkerPoolTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final CpuKernels kernels =
      ServiceLoader.load(CpuKernelsProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(p -> p.name().equals("plain"))
          .findFirst()
          .orElseThrow()
          .create();
  private final ThreadScratch scratch = new ThreadScratch(kernels, kernels.newArena());

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void everyItemRunsOnce(int threads) {
    try (WorkerPool pool = new WorkerPool(threads, kernels)) {
      assertTimeoutPreemptively(
          LONG,
          () -> {
            for (int round = 0; round < 2000; round++) {
              int count = round % 37;
              AtomicIntegerArray runs = new AtomicIntegerArray(Math.max(count, 1));
              pool.run((item, s) -> runs.incrementAndGet(item), count, scratch);
              for (int i = 0; i < count; i++) {
                assertEquals(1, runs.get(i), "item " + i + " of round " + round);
              }
            }
          });
    }
  }

  @Test
  void workersWakeAfterParking() {
    try (WorkerPool pool = new WorkerPool(2, kernels)) {
      assertTimeoutPreemptively(
          LONG,
          () -> {
            for (int round = 0; round < 5; round++) {
              Thread.sleep(20); // far longer than workers spin
              CountDownLatch both = new CountDownLatch(2);
              // each item waits for the other: only two threads can finish them
              pool.run(
                  (item, s) -> {
                    both.countDown();
                    await(both);
                  },
                  2,
                  scratch);
              assertEquals(0, both.getCount());
            }
          });
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void failuresReachTheCallerAndThePoolLivesOn(int threads) {
    try (WorkerPool pool = new WorkerPool(threads, kernels)) {
      assertTimeoutPreemptively(
          LONG,
          () -> {
            for (int round = 0; round < 200; round++) {
              int bad = round % 16;
              RuntimeException thrown = new IllegalStateException("item " + bad);
              ParallelTask task =
                  (item, s) -> {
                    if (item == bad) {
                      throw thrown;
                    }
                  };
              RuntimeException caught =
                  assertThrows(RuntimeException.class, () -> pool.run(task, 16, scratch));
              assertSame(thrown, caught);
              AtomicIntegerArray runs = new AtomicIntegerArray(16);
              pool.run((item, s) -> runs.incrementAndGet(item), 16, scratch);
              for (int i = 0; i < 16; i++) {
                assertEquals(1, runs.get(i));
              }
            }
          });
    }
  }

  /** The caller has run out of items while a worker is inside its last one. */
  @Test
  void aRegionEndsOnlyWhenEveryWorkerHasLeftIt() throws Exception {
    Region region = new Region();
    try (WorkerPool pool = new WorkerPool(2, kernels)) {
      FutureTask<Boolean> run = region.start(pool);
      region.workerIsInside.await();
      region.callerIsOut.await();
      Thread.sleep(50); // the caller spins for the worker: nothing to wait for but time
      assertFalse(run.isDone(), "a worker is inside");
      region.go.countDown();
      assertTrue(run.get());
    }
  }

  @Test
  void closingLeavesARunningRegionItsThreads() throws Exception {
    Region region = new Region();
    WorkerPool pool = new WorkerPool(2, kernels);
    FutureTask<Boolean> run = region.start(pool);
    region.workerIsInside.await();
    pool.close();
    assertFalse(run.isDone());
    region.go.countDown();
    assertTrue(run.get(), "all items are done");
  }

  @Test
  void aSecondCallerDoesItsItemsItself() throws Exception {
    Region region = new Region();
    try (WorkerPool pool = new WorkerPool(2, kernels)) {
      FutureTask<Boolean> run = region.start(pool);
      region.workerIsInside.await();
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      pool.run((item, s) -> threads.add(Thread.currentThread()), 100, scratch);
      assertEquals(Set.of(Thread.currentThread()), threads);
      assertFalse(run.isDone());
      region.go.countDown();
      assertTrue(run.get());
    }
  }

  /** The failure of a worker does not take the memory away that the caller still works on. */
  @Test
  void aFailureWaitsForTheOthersInTheRegion() throws Exception {
    CountDownLatch callerIsInside = new CountDownLatch(1); // or no item would be left for it
    CountDownLatch failed = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (WorkerPool pool = new WorkerPool(2, kernels)) {
      Thread[] caller = new Thread[1];
      FutureTask<Boolean> run =
          new FutureTask<>(
              () ->
                  pool.run(
                      (item, s) -> {
                        if (Thread.currentThread() != caller[0]) {
                          await(callerIsInside);
                          failed.countDown();
                          throw new IllegalStateException("worker");
                        }
                        callerIsInside.countDown();
                        await(go);
                      },
                      2,
                      new ThreadScratch(kernels, kernels.newArena())),
              true);
      caller[0] = new Thread(run);
      caller[0].start();
      failed.await();
      assertFalse(run.isDone(), "the caller is inside");
      go.countDown();
      ExecutionException e = assertThrows(ExecutionException.class, run::get);
      assertEquals("worker", e.getCause().getMessage());
    }
  }

  /** Two items: the caller does one, a worker is held inside the other. */
  private final class Region {
    final CountDownLatch workerIsInside = new CountDownLatch(1);
    final CountDownLatch callerIsOut = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    private volatile Thread caller;

    FutureTask<Boolean> start(WorkerPool pool) {
      FutureTask<Boolean> run =
          new FutureTask<>(
              () -> pool.run(this::item, 2, new ThreadScratch(kernels, kernels.newArena())), true);
      caller = new Thread(run);
      caller.start();
      return run;
    }

    private void item(int item, ThreadScratch unused) {
      if (Thread.currentThread() == caller) {
        await(workerIsInside); // so that the other item is the worker's
        callerIsOut.countDown();
      } else {
        workerIsInside.countDown();
        await(go);
      }
    }
  }

  @Test
  void aRegionInsideARegionRunsAlone() {
    try (WorkerPool pool = new WorkerPool(3, kernels)) {
      assertTimeoutPreemptively(
          LONG,
          () -> {
            AtomicIntegerArray runs = new AtomicIntegerArray(64);
            pool.run(
                (outer, s) -> pool.run((inner, t) -> runs.incrementAndGet(outer * 8 + inner), 8, s),
                8,
                scratch);
            for (int i = 0; i < 64; i++) {
              assertEquals(1, runs.get(i));
            }
          });
    }
  }

  @Test
  void threadsAreDaemonsAndEndWithThePool() throws InterruptedException {
    WorkerPool pool = new WorkerPool(3, kernels);
    Thread[] found = new Thread[Thread.activeCount() + 16];
    int count = Thread.enumerate(found);
    int ours = 0;
    pool.close();
    pool.close();
    for (int i = 0; i < count; i++) {
      if (found[i].getName().startsWith("qieemo-cpu-")) {
        assertTrue(found[i].isDaemon());
        found[i].join(LONG.toMillis());
        assertTrue(!found[i].isAlive(), found[i].getName() + " lives on");
        ours++;
      }
    }
    assertTrue(ours >= 2, "found " + ours + " workers");
    AtomicIntegerArray runs = new AtomicIntegerArray(4);
    pool.run((item, s) -> runs.incrementAndGet(item), 4, scratch);
    assertEquals(1, runs.get(3), "a closed pool leaves the work to its caller");
  }
}
