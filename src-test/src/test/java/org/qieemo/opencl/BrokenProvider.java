package org.qieemo.opencl;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;

/**
 * A back end that looks usable and is not: it cannot be opened, or, with the system property {@code
 * broken.opens}, not take weights. Found only where a test puts it on the class path.
 */
public final class BrokenProvider implements BackendProvider {
  /** For the service loader. */
  public BrokenProvider() {}

  @Override
  public String name() {
    return "broken";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Availability probe() {
    return new Availability(true, "looks fine");
  }

  @Override
  public Backend open(BackendOptions options) {
    if (Boolean.getBoolean("broken.opens")) {
      return new WithoutMemory();
    }
    throw new BackendException("it fell off the bus");
  }

  /** Has no memory for any weight. */
  private static final class WithoutMemory implements Backend {
    private static BackendException full() {
      return new BackendException("it is out of memory");
    }

    @Override
    public String name() {
      return "broken";
    }

    @Override
    public String description() {
      return "broken";
    }

    @Override
    public Linear linear(HostTensor weight, HostTensor bias, Activation activation) {
      throw full();
    }

    @Override
    public Norm layerNorm(HostTensor gamma, HostTensor beta, float eps, Activation activation) {
      throw full();
    }

    @Override
    public DepthwiseConv depthwiseConv(DepthwiseSpec spec) {
      throw full();
    }

    @Override
    public Conv2d conv2d(HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
      throw full();
    }

    @Override
    public Attention attention(AttentionSpec spec) {
      throw full();
    }

    @Override
    public Execution newExecution() {
      throw full();
    }

    @Override
    public void close() {
      System.err.println("broken: closed");
    }
  }
}
