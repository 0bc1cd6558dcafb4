package org.qieemo.kernels.opencl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jocl.LibUtils;
import org.qieemo.kernels.device.PrivateFolder;

/**
 * Loads JOCL's native code, once. JOCL would unpack it under a fixed name in the system's temporary
 * folder and trust what it finds there; so it is unpacked into a private folder first, and JOCL is
 * told that this is the temporary folder while it loads.
 */
final class Jocl {
  private static final String CLASS = "org.jocl.CL";
  private static final String TEMPORARY = "java.io.tmpdir";
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
      Path folder = unpack();
      String before = System.getProperty(TEMPORARY);
      System.setProperty(TEMPORARY, folder.toString());
      try {
        Class.forName(CLASS, true, Jocl.class.getClassLoader());
      } finally {
        System.setProperty(TEMPORARY, before);
      }
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

  /** Puts the native library where JOCL will look for it; gives the folder. */
  private static Path unpack() throws IOException {
    Path folder = PrivateFolder.of("jocl");
    String name = LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName("JOCL_2_0_6"));
    try (InputStream in = LibUtils.class.getResourceAsStream("/lib/" + name)) {
      if (in == null) {
        throw new IOException("its jar has no lib/" + name);
      }
      byte[] library = in.readAllBytes();
      Path file = folder.resolve(name);
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), library)) {
        PrivateFolder.write(file, library);
      }
    }
    return folder;
  }
}
