package org.qieemo.kernels.cuda;

import java.io.IOException;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.jcublas.cublasStatus;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.device.NativeLibrary;

/**
 * NVIDIA's own matrix products, for comparison: used only where the system property {@value
 * CublasOption#PROPERTY} asks for them, and never loaded otherwise. JCublas 12.6 takes libcublas
 * 12.x, whose symbols carry the version 12: no older or newer one satisfies it.
 */
final class Cublas {
  /** Why it cannot be used, null if it can. */
  private static final String PROBLEM = load();

  private Cublas() {}

  /** Why it cannot be used, null if it can. */
  static String problem() {
    return PROBLEM;
  }

  private static String load() {
    try {
      String name = LibUtils.createPlatformLibraryName("JCublas2-" + JCudaVersion.get());
      String file = LibUtils.createLibraryFileName(name);
      NativeLibrary library = new NativeLibrary("jcuda", file, "jcuda.jcublas.JCublas2");
      if (!library.exists(LibUtils.class)) {
        return CublasOption.NO_JCUBLAS;
      }
      library.load(LibUtils.class);
      return null;
    } catch (NoClassDefFoundError | ClassNotFoundException e) {
      return CublasOption.NO_JCUBLAS;
    } catch (LinkageError e) {
      return CublasOption.NO_LIBRARY;
    } catch (IOException e) {
      return "JCublas cannot be unpacked (" + e.getMessage() + ")";
    } catch (RuntimeException e) { // what its loader may throw
      return "JCublas fails: " + e;
    }
  }

  /** Throws unless the call succeeded. */
  static void check(int code, String what) {
    if (code != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new BackendException(
          "cuBLAS fails to "
              + what
              + " ("
              + cublasStatus.stringFor(code)
              + "): leave -D"
              + CublasOption.PROPERTY
              + " away");
    }
  }
}
