/** Kernel text and op launches that OpenCL and CUDA share. */
@SuppressWarnings("module") // the back ends are compiled after this one
module org.qieemo.kernels.device {
  requires transitive org.qieemo.kernels;

  exports org.qieemo.kernels.device to
      org.qieemo.kernels.opencl,
      org.qieemo.kernels.cuda;
}
