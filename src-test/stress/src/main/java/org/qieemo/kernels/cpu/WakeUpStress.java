package org.qieemo.kernels.cpu;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * Regions that open about when their worker goes to sleep: each has two items that wait for each
 * other, so that a worker that sleeps on is seen.
 */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = Expect.ACCEPTABLE, desc = "the worker came every time")
@Outcome(id = "STALE", expect = Expect.FORBIDDEN, desc = "the worker slept through a region")
@State
public class WakeUpStress {
  private static final int ROUNDS = 2000;
  private static final int LEAST_NANOS = 95_000;
  private static final int MOST_NANOS = 115_000; // workers spin for 100 us and a look

  private volatile boolean signalled;

  @Actor
  public void caller() {
    try (WorkerPool pool = new WorkerPool(2, Pools.PLAIN)) {
      for (int i = 0; i < ROUNDS; i++) {
        pause(ThreadLocalRandom.current().nextInt(LEAST_NANOS, MOST_NANOS));
        AtomicInteger arrived = new AtomicInteger();
        pool.run((item, scratch) -> meet(arrived), 2, null);
      }
    }
  }

  private static void pause(int nanos) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      Thread.onSpinWait();
    }
  }

  private static void meet(AtomicInteger arrived) {
    arrived.incrementAndGet();
    while (arrived.get() < 2) {
      Thread.yield();
    }
  }

  @Signal
  public void signal() {
    signalled = true; // nothing waits for it: the regions end by themselves
  }
}
