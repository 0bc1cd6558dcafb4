package org.qieemo.kernels.cpu;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two back ends open, use and close the pool of their kind at once. */
@JCStressTest
@Outcome(id = "777, 777", expect = Expect.ACCEPTABLE, desc = "both regions are whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "an item was lost, ran twice, or was not seen")
@State
public class SharedPoolStress {
  private final Pools.Region first = new Pools.Region();
  private final Pools.Region second = new Pools.Region();

  @Actor
  public void one(II_Result r) {
    r.r1 = use(first);
  }

  @Actor
  public void two(II_Result r) {
    r.r2 = use(second);
  }

  private static int use(Pools.Region region) {
    try (SharedPool pool = new SharedPool(Pools.PLAIN, 2)) {
      return region.run(pool.workers());
    }
  }
}
