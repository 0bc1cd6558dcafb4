package org.qieemo;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A call that moves to another back end against close: it is answered there before that is closed,
 * or refused. Digits of closed places: first, second.
 */
@JCStressTest
@Outcome(id = "1, 11, 11", expect = Expect.ACCEPTABLE, desc = "repeated, then all closed")
@Outcome(id = "0, 10, 10", expect = Expect.ACCEPTABLE, desc = "refused; there was no second place")
@Outcome(expect = Expect.FORBIDDEN, desc = "a call on what is closed, or a place left open")
@State
public class FailoverCloseStress {
  private final Places.Place first = new Places.Place("first");
  private final Places.Place second = new Places.Place("second");
  private final ModelCalls calls =
      new ModelCalls(first.prepared(), second::prepared, warning -> {});

  @Actor
  public void caller(III_Result r) {
    r.r1 = Places.failingCall(calls, first, second);
  }

  @Actor
  public void closer(III_Result r) {
    calls.close();
    r.r2 = closed();
  }

  @Arbiter
  public void after(III_Result r) {
    calls.close();
    r.r3 = closed();
  }

  private int closed() {
    return first.closed() * 10 + second.closed();
  }
}
