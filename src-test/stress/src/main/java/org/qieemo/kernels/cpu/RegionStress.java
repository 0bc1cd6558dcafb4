package org.qieemo.kernels.cpu;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two callers and a worker of one pool: each item runs once, with what its caller wrote before, and
 * its caller sees what it wrote.
 */
@JCStressTest
@Outcome(id = "777, 777", expect = Expect.ACCEPTABLE, desc = "both regions are whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "an item was lost, ran twice, or was not seen")
@State
public class RegionStress {
  private static final WorkerPool POOL = new WorkerPool(2, Pools.PLAIN);

  private final Pools.Region first = new Pools.Region();
  private final Pools.Region second = new Pools.Region();

  @Actor
  public void one(II_Result r) {
    r.r1 = first.run(POOL);
  }

  @Actor
  public void two(II_Result r) {
    r.r2 = second.run(POOL);
  }
}
