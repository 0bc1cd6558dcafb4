package org.qieemo.kernels.cuda;

import java.util.Set;
import jcuda.driver.CUresult;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DeviceLostException;

/** Return codes of the driver as words and exceptions. Stateless. */
final class Cuda {
  /**
   * After these the driver refuses everything else in this process: an error of a kernel, or a
   * device that is gone.
   */
  private static final Set<Integer> FATAL =
      Set.of(
          CUresult.CUDA_ERROR_DEINITIALIZED,
          CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE,
          CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          CUresult.CUDA_ERROR_EXTERNAL_DEVICE,
          CUresult.CUDA_ERROR_UNKNOWN);

  private Cuda() {}

  /** Whether the device is lost for this process. */
  static boolean isFatal(int code) {
    return FATAL.contains(code);
  }

  /** The code's name, such as CUDA_ERROR_OUT_OF_MEMORY. */
  static String name(int code) {
    return CUresult.stringFor(code);
  }

  /** 12020 as 12.2. */
  static String version(int driver) {
    return driver / 1000 + "." + driver % 1000 / 10;
  }

  /** Throws unless the call succeeded; {@code what} says what was tried. */
  static void check(int code, String what) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failure(code, what);
    }
  }

  static BackendException failure(int code, String what) {
    String tried = "to " + what + " (" + name(code) + ")";
    if (isFatal(code)) {
      return new DeviceLostException(
          "the CUDA device failed " + tried + ": restart the program, or use --backend cpu");
    }
    return switch (code) {
      case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
          new BackendException(
              "CUDA is out of memory "
                  + tried
                  + ": use shorter audio, fewer files at once, or --backend cpu");
      case CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
          CUresult.CUDA_ERROR_INVALID_PTX,
          CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
          CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND ->
          new BackendException(
              "the NVIDIA driver refuses " + tried + ": update the driver, or use --backend cpu");
      default -> new BackendException("CUDA fails " + tried + ": use --backend cpu");
    };
  }
}
