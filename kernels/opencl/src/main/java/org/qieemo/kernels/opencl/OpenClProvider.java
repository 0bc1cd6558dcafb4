package org.qieemo.kernels.opencl;

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
 * Opens an OpenCL device. {@link BackendOptions#device()} or the system property {@value
 * #DEVICE_PROPERTY} names it, by its index in {@code qieemo doctor} or part of its name; otherwise
 * a GPU is preferred. Thread-safe; the native code is loaded by the first probe, and listing the
 * providers loads no class of devices either.
 */
public final class OpenClProvider implements BackendProvider {
  /** Name of the back end. */
  public static final String NAME = "opencl";

  /** System property that names the device. */
  public static final String DEVICE_PROPERTY = "qieemo.opencl.device";

  /** For the service loader. */
  public OpenClProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Availability probe() {
    try {
      ClDeviceInfo device = OpenClDevices.choose("");
      return device.isAccelerator()
          ? new Availability(true, device.describe())
          : new Availability(
              true,
              false,
              device.describe() + "; auto prefers the CPU back end, which is faster than this");
    } catch (BackendException e) {
      return new Availability(false, e.getMessage());
    } catch (RuntimeException | LinkageError e) { // what a strange driver may cause
      return new Availability(false, "OpenCL fails: " + e);
    }
  }

  /** Loads no driver where all are known to be for the processor, which auto would not take. */
  @Override
  public Availability probeForAuto() {
    return InstalledDrivers.here()
        .allForTheProcessor()
        .map(OpenClProvider::slowerThanCpu)
        .orElseGet(this::probe);
  }

  private static Availability slowerThanCpu(List<String> drivers) {
    return new Availability(
        true,
        false,
        "only "
            + String.join(", ", drivers)
            + " is installed, which runs on the processor; auto prefers the CPU back end");
  }

  @Override
  public List<String> details() {
    List<String> lines = new ArrayList<>();
    if (problem() != null) {
      return lines;
    }
    try {
      int index = 0;
      for (ClDeviceInfo device : ClDevices.all()) {
        String state = device.isUsable() ? "usable" : "not usable, " + device.problem();
        lines.add("device " + index++ + ": " + device.describe() + ", " + state);
      }
      Jocl.signals().map(SignalHandlers::describe).ifPresent(lines::add);
    } catch (BackendException e) { // the probe has said so
      return List.of();
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
    return OpenClDevices.backend(options);
  }

  /** Why there is no OpenCL, null if there is. */
  static String problem() {
    try {
      return Jocl.problem();
    } catch (LinkageError e) { // the class that would say why needs JOCL itself
      return "JOCL is not on the class path: add jocl-2.0.6.jar, or use qieemo-opencl.jar";
    }
  }
}
