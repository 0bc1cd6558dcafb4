package org.qieemo.bench.profile;

import java.util.IdentityHashMap;
import java.util.Map;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.PositionTerm;

/** A back end whose executions time every op of another one. Not thread-safe. */
final class TimedBackend implements Backend {
  private final Backend by;
  private final OpClock clock;
  private final Map<Linear, Activation> activations = new IdentityHashMap<>();
  private final Map<Attention, PositionTerm> terms = new IdentityHashMap<>();

  TimedBackend(Backend by, OpClock clock) {
    this.by = by;
    this.clock = clock;
  }

  Activation activation(Linear layer) {
    return activations.get(layer);
  }

  PositionTerm term(Attention attention) {
    return terms.get(attention);
  }

  @Override
  public String name() {
    return by.name();
  }

  @Override
  public String description() {
    return by.description();
  }

  @Override
  public Linear linear(HostTensor weight, HostTensor bias, Activation activation) {
    Linear layer = by.linear(weight, bias, activation);
    activations.put(layer, activation);
    return layer;
  }

  @Override
  public Norm layerNorm(HostTensor gamma, HostTensor beta, float eps, Activation activation) {
    return by.layerNorm(gamma, beta, eps, activation);
  }

  @Override
  public DepthwiseConv depthwiseConv(DepthwiseSpec spec) {
    return by.depthwiseConv(spec);
  }

  @Override
  public Conv2d conv2d(HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
    return by.conv2d(weight, bias, geometry);
  }

  @Override
  public Attention attention(AttentionSpec spec) {
    Attention attention = by.attention(spec);
    terms.put(attention, spec.positionTerm());
    return attention;
  }

  @Override
  public Execution newExecution() {
    return new TimedExecution(this, by.newExecution(), clock);
  }

  @Override
  public void close() {
    by.close();
  }
}
