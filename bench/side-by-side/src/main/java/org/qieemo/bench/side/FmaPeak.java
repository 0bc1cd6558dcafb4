package org.qieemo.bench.side;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** What the machine's float32 multiply-adders give at best, through the Vector API. */
final class FmaPeak {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int ACCUMULATORS = 12;
  private static final int ROUNDS = 2000;
  private static final int CALLS = 400;
  private static final int TRIES = 25;
  private static final double BILLION = 1e9;

  private FmaPeak() {}

  /** GFLOP/s of n threads together, the best of several tries. */
  static double gigaflops(int threads) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      double best = 0;
      for (int i = 0; i < TRIES; i++) {
        best = Math.max(best, together(pool, threads));
      }
      return best;
    } finally {
      pool.shutdown();
    }
  }

  private static double together(ExecutorService pool, int threads) throws InterruptedException {
    List<Future<Double>> results = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      results.add(pool.submit(FmaPeak::one));
    }
    double sum = 0;
    for (Future<Double> result : results) {
      try {
        sum += result.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    return sum;
  }

  /** GFLOP/s of the calling thread at this moment: some milliseconds. */
  static double one() {
    float[] sink = new float[SPECIES.length()];
    long begin = System.nanoTime();
    for (int call = 0; call < CALLS; call++) {
      chains(sink, ROUNDS);
    }
    double seconds = (System.nanoTime() - begin) / BILLION;
    if (!Float.isFinite(sink[0])) {
      throw new IllegalStateException("the chains diverged");
    }
    double operations = 2.0 * CALLS * ROUNDS * ACCUMULATORS * SPECIES.length();
    return operations / seconds / BILLION;
  }

  /** Twelve independent chains: enough to hide the latency of two multiply-adders. */
  private static void chains(float[] sink, int rounds) {
    FloatVector a = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector b = FloatVector.broadcast(SPECIES, sink[0] * 0.5f + 1);
    FloatVector c0 = b;
    FloatVector c1 = b;
    FloatVector c2 = b;
    FloatVector c3 = b;
    FloatVector c4 = b;
    FloatVector c5 = b;
    FloatVector c6 = b;
    FloatVector c7 = b;
    FloatVector c8 = b;
    FloatVector c9 = b;
    FloatVector c10 = b;
    FloatVector c11 = b;
    for (int i = 0; i < rounds; i++) {
      c0 = c0.fma(a, b);
      c1 = c1.fma(a, b);
      c2 = c2.fma(a, b);
      c3 = c3.fma(a, b);
      c4 = c4.fma(a, b);
      c5 = c5.fma(a, b);
      c6 = c6.fma(a, b);
      c7 = c7.fma(a, b);
      c8 = c8.fma(a, b);
      c9 = c9.fma(a, b);
      c10 = c10.fma(a, b);
      c11 = c11.fma(a, b);
    }
    FloatVector low = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
    FloatVector high = c6.add(c7).add(c8).add(c9).add(c10).add(c11);
    low.add(high).mul(1e-3f).intoArray(sink, 0);
  }
}
