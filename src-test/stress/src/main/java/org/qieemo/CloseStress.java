package org.qieemo;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A call against close: it runs before anything is freed, or it is refused. */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "heard, then closed")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "refused")
@Outcome(expect = Expect.FORBIDDEN, desc = "freed during the call, not at all, or twice")
@State
public class CloseStress {
  private final Places.Place place = new Places.Place("first");
  private final ModelCalls calls = new ModelCalls(place.prepared(), null, warning -> {});

  @Actor
  public void caller(III_Result r) {
    r.r1 = Places.call(calls, place);
  }

  @Actor
  public void closer(III_Result r) {
    calls.close();
    r.r2 = place.closed();
  }

  @Arbiter
  public void after(III_Result r) {
    calls.close();
    r.r3 = place.closed();
  }
}
