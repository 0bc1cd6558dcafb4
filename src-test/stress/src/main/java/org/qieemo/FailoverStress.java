package org.qieemo;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two calls that fail on one back end: both are answered by the other, which is prepared once; one
 * warning; the first is closed once, behind its last call. The arbiter's digits: warnings, second
 * places prepared, closed first places, closed second places.
 */
@JCStressTest
@Outcome(id = "1, 1, 1110", expect = Expect.ACCEPTABLE, desc = "both repeated on one second place")
@Outcome(expect = Expect.FORBIDDEN, desc = "a call on what is closed, or a place lost or doubled")
@State
public class FailoverStress {
  private final Places.Place first = new Places.Place("first");
  private final Places.Place second = new Places.Place("second");
  private final AtomicInteger warnings = new AtomicInteger();
  private final ModelCalls calls =
      new ModelCalls(first.prepared(), second::prepared, w -> warnings.incrementAndGet());

  @Actor
  public void one(III_Result r) {
    r.r1 = Places.failingCall(calls, first, second);
  }

  @Actor
  public void two(III_Result r) {
    r.r2 = Places.failingCall(calls, first, second);
  }

  @Arbiter
  public void after(III_Result r) {
    r.r3 = warnings.get() * 1000 + second.opened() * 100 + first.closed() * 10 + second.closed();
    calls.close();
  }
}
