package org.qieemo.kernels.cuda;

import java.nio.LongBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;

/**
 * Launches that come again become one launch of a graph: the second time, the driver records them,
 * and from the third on replays them. Batches of the same frame bucket come again, since a
 * warmed-up forward uses the same memory and lengths lie in tables on the device. One thread at a
 * time.
 */
final class Graphs {
  /** System property: {@code off} gives every launch to the driver by itself. */
  static final String PROPERTY = "qieemo.cuda.graphs";

  /** A forward is one or two; speech of up to a minute has some forty frame buckets. */
  private static final int KEPT = 64;

  /** Fewer launches are not worth a graph. */
  private static final int LEAST = 4;

  private final CudaDevice device;
  private final CUstream stream;
  private final ArrayDeque<Recorded> recorded = new ArrayDeque<>(); // last used first
  private final ArrayDeque<Long> seen = new ArrayDeque<>(); // digests, last seen first

  /**
   * A graph.
   *
   * @param content of the launches that it replays
   */
  private record Recorded(LongBuffer content, CUgraphExec graph) {}

  Graphs(CudaDevice device, CUstream stream) {
    this.device = device;
    this.stream = stream;
  }

  /** Whether launches of a device that is opened now are replayed. */
  static boolean areOn() {
    return !"off".equals(System.getProperty(PROPERTY));
  }

  /** Gives the launches to the driver in the cheapest way. */
  void submit(Launches launches) {
    if (!device.replays() || launches.count() < LEAST) {
      launches.submit(stream);
      return;
    }
    LongBuffer content = launches.content();
    CUgraphExec graph = find(content);
    if (graph == null && !isAgain(content)) {
      launches.submit(stream);
      return;
    }
    if (graph == null) {
      graph = record(launches, content);
    }
    device.check(JCudaDriver.cuGraphLaunch(graph, stream), "run a graph");
  }

  private CUgraphExec find(LongBuffer content) {
    Iterator<Recorded> all = recorded.iterator();
    while (all.hasNext()) {
      Recorded one = all.next();
      if (one.content().equals(content)) {
        all.remove();
        recorded.addFirst(one);
        return one.graph();
      }
    }
    return null;
  }

  /** Whether the same launches came not long ago. */
  private boolean isAgain(LongBuffer content) {
    long digest = digest(content);
    boolean again = seen.remove(digest);
    if (!again) {
      seen.addFirst(digest);
      if (seen.size() > KEPT) {
        seen.removeLast();
      }
    }
    return again;
  }

  private static long digest(LongBuffer content) {
    long digest = content.remaining();
    for (int i = 0; i < content.limit(); i++) {
      digest = digest * 0x9E3779B97F4A7C15L + content.get(i);
    }
    return digest;
  }

  private CUgraphExec record(Launches launches, LongBuffer content) {
    CUgraph graph = capture(launches);
    CUgraphExec made = new CUgraphExec();
    try {
      device.check(JCudaDriver.cuGraphInstantiate(made, graph, 0), "make a graph");
    } finally {
      JCudaDriver.cuGraphDestroy(graph);
    }
    LongBuffer copy = LongBuffer.allocate(content.remaining()).put(content.duplicate()).flip();
    recorded.addFirst(new Recorded(copy, made));
    if (recorded.size() > KEPT) {
      JCudaDriver.cuStreamSynchronize(stream); // it may still run
      JCudaDriver.cuGraphExecDestroy(recorded.removeLast().graph());
    }
    return made;
  }

  private CUgraph capture(Launches launches) {
    int mode = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
    device.check(JCudaDriver.cuStreamBeginCapture(stream, mode), "record a graph");
    CUgraph graph = new CUgraph();
    try {
      launches.submit(stream);
    } catch (RuntimeException e) {
      JCudaDriver.cuStreamEndCapture(stream, graph); // the first failure is the one to tell
      throw e;
    }
    device.check(JCudaDriver.cuStreamEndCapture(stream, graph), "record a graph");
    return graph;
  }

  void free() {
    recorded.forEach(one -> JCudaDriver.cuGraphExecDestroy(one.graph()));
    recorded.clear();
    seen.clear();
  }
}
