package org.qieemo.kernels.cuda;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.Precision;

/**
 * Opens a CUDA device. {@link BackendOptions#device()} or the system property {@value
 * #DEVICE_PROPERTY} names it, by its index in {@code qieemo doctor} or part of its name. Preferred
 * to OpenCL on the same GPU. Thread-safe; the native code is loaded by the first probe, and listing
 * the providers loads no class of devices either.
 */
public final class CudaProvider implements BackendProvider {
  /** Name of the back end. */
  public static final String NAME = "cuda";

  /** System property that names the device. */
  public static final String DEVICE_PROPERTY = "qieemo.cuda.device";

  static final String NO_JCUDA =
      "JCuda is not on the class path: add jcuda-12.6.0.jar and its natives, or use qieemo-cuda.jar";

  /** For the service loader. */
  public CudaProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int priority() {
    return 20;
  }

  @Override
  public Availability probe() {
    try {
      return new Availability(true, CudaDevices.choose("").describe());
    } catch (BackendException e) {
      return new Availability(false, e.getMessage());
    } catch (RuntimeException | LinkageError e) { // what a strange driver may cause
      return new Availability(false, "CUDA fails: " + e);
    }
  }

  @Override
  public List<String> details() {
    List<String> lines = new ArrayList<>();
    if (problem() != null) {
      return lines;
    }
    try {
      int index = 0;
      for (CudaDeviceInfo device : CudaDeviceInfo.all()) {
        String state = device.isUsable() ? "usable" : "not usable, " + device.problem();
        lines.add("device " + index++ + ": " + device.describe() + ", " + state);
        if (device.isUsable()) {
          lines.add(Cubins.describe(device));
        }
        if (WarpgroupProducts.fit(device)) {
          lines.add(WarpgroupProducts.describe());
        }
        if (ConvolutionModules.fit(device)) {
          lines.add(ConvolutionModules.describe());
        }
      }
      lines.add(CublasOption.describe());
    } catch (RuntimeException | LinkageError e) {
      lines.add("its devices cannot be listed: " + e.getMessage());
    }
    return lines;
  }

  @Override
  public Set<Precision> precisions() {
    return EnumSet.allOf(Precision.class);
  }

  @Override
  public Backend open(BackendOptions options) {
    return CudaDevices.backend(options);
  }

  /** Why there is no CUDA, null if there is. */
  static String problem() {
    try {
      return Jcuda.problem();
    } catch (LinkageError e) { // the class that would say why needs JCuda itself
      return NO_JCUDA;
    }
  }
}
