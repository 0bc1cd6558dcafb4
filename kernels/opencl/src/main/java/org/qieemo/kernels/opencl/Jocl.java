package org.qieemo.kernels.opencl;

import java.io.IOException;
import java.util.Optional;
import org.jocl.LibUtils;
import org.qieemo.kernels.device.NativeLibrary;

/** Loads JOCL's native code, once. */
final class Jocl {
  private static final String CLASS = "org.jocl.CL";
  private static final String NO_LIBRARY =
      "no OpenCL library (libOpenCL.so.1): install your device's OpenCL driver and an ICD loader,"
          + " such as Debian's ocl-icd-libopencl1";

  /** Signals caught before any driver was loaded; must stand before the next line. */
  private static final long CAUGHT_BEFORE = SignalHandlers.here().caught();

  /** Why it cannot be used, null if it can. */
  private static final String PROBLEM = load();

  private Jocl() {}

  /** Why JOCL cannot be used, one sentence that says what to do; null if it can. */
  static String problem() {
    return PROBLEM;
  }

  /** What drivers have done to Java's signal handlers, as far as the system tells. */
  static Optional<SignalHandlers.State> signals() {
    return SignalHandlers.here().since(CAUGHT_BEFORE);
  }

  private static String load() {
    if (IcdLoader.here().isAbsent()) {
      return NO_LIBRARY;
    }
    try {
      String file =
          LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName("JOCL_2_0_6"));
      new NativeLibrary("jocl", file, CLASS).load(LibUtils.class);
      return null;
    } catch (NoClassDefFoundError | ClassNotFoundException e) {
      return "JOCL is not on the class path: add jocl-2.0.6.jar, or use qieemo-opencl.jar";
    } catch (LinkageError e) {
      return NO_LIBRARY;
    } catch (IOException e) {
      return "JOCL's native library cannot be unpacked ("
          + e.getMessage()
          + "): name a folder of yours with -Dqieemo.cache=FOLDER";
    } catch (RuntimeException e) { // how JOCL says that it has nothing for this system
      return "JOCL does not know this system: " + e.getMessage();
    }
  }
}
