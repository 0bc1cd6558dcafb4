package org.qieemo.kernels.plain;

import org.qieemo.kernels.BackendProvider.Availability;
import org.qieemo.kernels.cpu.CpuKernels;
import org.qieemo.kernels.cpu.CpuKernelsProvider;
import org.qieemo.kernels.cpu.FusedMultiplyAdd;

/** Plain Java runs everywhere, so it has the lowest priority. */
public final class PlainKernelsProvider implements CpuKernelsProvider {
  /** For the service loader. */
  public PlainKernelsProvider() {}

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Availability probe() {
    return new Availability(true, "plain Java runs everywhere");
  }

  @Override
  public CpuKernels create() {
    return new PlainKernels(FusedMultiplyAdd.isFast());
  }
}
