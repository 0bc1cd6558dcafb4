package org.qieemo.kernels.cuda;

import java.io.IOException;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.NativeLibrary;

/** Loads JCuda's native code and starts the driver, once. */
final class Jcuda {
  /** What the functions that are called here need: CUDA 11.4. */
  private static final int LEAST_VERSION = 11_040;

  private static final String NO_DRIVER =
      "no NVIDIA driver (libcuda.so.1, on Windows nvcuda.dll): install the driver of your GPU";

  /** Why it cannot be used, null if it can. */
  private static final String PROBLEM = load();

  private Jcuda() {}

  /** Why CUDA cannot be used, one sentence that says what to do; null if it can. */
  static String problem() {
    return PROBLEM;
  }

  private static String load() {
    try {
      NativeLibrary library = library();
      if (!library.exists(LibUtils.class)) {
        return "JCuda has no native code for this system ("
            + System.getProperty("os.name")
            + ", "
            + System.getProperty("os.arch")
            + "): it knows Linux and Windows on x86-64";
      }
      library.load(LibUtils.class);
      return start();
    } catch (NoClassDefFoundError | ClassNotFoundException e) {
      return CudaProvider.NO_JCUDA;
    } catch (LinkageError e) {
      return refused(e);
    } catch (IOException e) {
      return "JCuda's native library cannot be unpacked ("
          + e.getMessage()
          + "): name a folder of yours with -Dqieemo.cache=FOLDER";
    } catch (RuntimeException e) { // what its loader may throw
      return "JCuda fails: " + e;
    }
  }

  private static NativeLibrary library() {
    String name = LibUtils.createPlatformLibraryName("JCudaDriver-" + JCudaVersion.get());
    String file = LibUtils.createLibraryFileName(name);
    return new NativeLibrary("jcuda", file, "jcuda.driver.JCudaDriver");
  }

  /** A library that is there and cannot be mapped has another reason than a missing driver. */
  private static String refused(LinkageError e) {
    String text = String.valueOf(e.getMessage());
    if (text.contains("failed to map") || text.contains("not permitted")) {
      return "JCuda's native library cannot be loaded from its folder: name another one, where"
          + " programs may run, with -Dqieemo.cache=FOLDER";
    }
    return NO_DRIVER;
  }

  private static String start() {
    int code = JCudaDriver.cuInit(0);
    if (code == CUresult.CUDA_ERROR_NO_DEVICE) {
      return "the NVIDIA driver finds no GPU: look at nvidia-smi, in a container pass the GPU through";
    }
    if (code != CUresult.CUDA_SUCCESS) {
      return "the NVIDIA driver does not start (" + Cuda.name(code) + "): look at nvidia-smi";
    }
    int[] version = new int[1];
    code = JCudaDriver.cuDriverGetVersion(version);
    if (code != CUresult.CUDA_SUCCESS) {
      return "the NVIDIA driver does not tell its version (" + Cuda.name(code) + ")";
    }
    return version[0] < LEAST_VERSION
        ? "the NVIDIA driver is too old: it has CUDA "
            + Cuda.version(version[0])
            + ", and 11.4 (driver 470) is needed: update it"
        : null;
  }
}
