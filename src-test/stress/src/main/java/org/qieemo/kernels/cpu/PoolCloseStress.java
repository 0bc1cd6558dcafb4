package org.qieemo.kernels.cpu;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A region against close: it is whole, whenever the workers end. */
@JCStressTest
@Outcome(id = "777, 777", expect = Expect.ACCEPTABLE, desc = "the region is whole, a later one too")
@Outcome(expect = Expect.FORBIDDEN, desc = "an item was lost, ran twice, or was not seen")
@State
public class PoolCloseStress {
  private final Pools.Region region = new Pools.Region();
  private volatile WorkerPool pool;

  /** Here, not in the constructor: the pools of many states must not exist at once. */
  @Actor
  public void caller(II_Result r) {
    WorkerPool opened = new WorkerPool(2, Pools.PLAIN);
    pool = opened;
    r.r1 = region.run(opened);
  }

  @Actor
  public void closer() {
    while (pool == null) {
      Thread.onSpinWait();
    }
    pool.close();
  }

  @Arbiter
  public void after(II_Result r) {
    r.r2 = new Pools.Region().run(pool);
  }
}
