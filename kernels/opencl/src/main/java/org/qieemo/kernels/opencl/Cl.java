package org.qieemo.kernels.opencl;

import org.jocl.CL;
import org.qieemo.kernels.BackendException;

/** Return codes of OpenCL as exceptions. */
final class Cl {
  private Cl() {}

  private static final int NVIDIA_ILLEGAL_ADDRESS = -9999;

  /** Whether a device that answers so will not work again. */
  static boolean isLost(int code) {
    return switch (code) {
      case CL.CL_DEVICE_NOT_AVAILABLE,
          CL.CL_INVALID_DEVICE,
          CL.CL_INVALID_CONTEXT,
          CL.CL_INVALID_COMMAND_QUEUE,
          CL.CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
          NVIDIA_ILLEGAL_ADDRESS ->
          true;
      default -> false;
    };
  }

  /** Throws unless the call succeeded; {@code what} says what was tried. */
  static void check(int code, String what) {
    if (code != CL.CL_SUCCESS) {
      throw failure(code, what);
    }
  }

  private static BackendException failure(int code, String what) {
    String name = CL.stringFor_errorCode(code);
    return switch (code) {
      case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE,
          CL.CL_OUT_OF_RESOURCES,
          CL.CL_OUT_OF_HOST_MEMORY,
          CL.CL_INVALID_BUFFER_SIZE ->
          new BackendException(
              "OpenCL is out of memory ("
                  + name
                  + ") to "
                  + what
                  + ": use shorter audio, fewer files at once, or --backend cpu");
      default -> new BackendException("OpenCL cannot " + what + " (" + name + ")");
    };
  }
}
