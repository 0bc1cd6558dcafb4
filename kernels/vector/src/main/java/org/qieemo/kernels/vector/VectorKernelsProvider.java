package org.qieemo.kernels.vector;

import org.qieemo.kernels.BackendProvider.Availability;
import org.qieemo.kernels.cpu.CpuKernels;
import org.qieemo.kernels.cpu.CpuKernelsProvider;
import org.qieemo.kernels.cpu.FusedMultiplyAdd;

/**
 * Offers the Vector API's kernels where its module is resolved. This class links no class of {@code
 * jdk.incubator.vector}: only {@link #create()} does, after {@link #probe()} has seen the module.
 */
public final class VectorKernelsProvider implements CpuKernelsProvider {
  private static final String MODULE = "jdk.incubator.vector";

  /**
   * Where the time saved makes up for compiling. Measured with the embedded model: a process of one
   * file of 3 s takes 1.5 s of processor time more than with plain Java, nearly all of it
   * compiling; warm, a second of audio (0.12e9 multiply-adds, each weight once per frame) takes 8
   * ms less.
   */
  private static final long WORTH_FROM = 20_000_000_000L;

  /** For the service loader. */
  public VectorKernelsProvider() {}

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Availability probe() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return new Availability(
          false,
          MODULE
              + " is not resolved; start Java with --add-modules "
              + MODULE
              + " for SIMD kernels (cli/bin/qieemo does)");
    }
    if (!FusedMultiplyAdd.isFast()) {
      return new Availability(false, "this processor has no fused multiply-add for SIMD kernels");
    }
    return new Availability(true, MODULE + " is resolved");
  }

  @Override
  public long worthFrom() {
    return WORTH_FROM;
  }

  @Override
  public CpuKernels create() {
    return new VectorKernels();
  }
}
