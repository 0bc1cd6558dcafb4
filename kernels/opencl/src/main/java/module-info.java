/** The OpenCL back end, through JOCL. */
@SuppressWarnings("requires-automatic") // JOCL has no module descriptor
module org.qieemo.kernels.opencl {
  requires org.qieemo.kernels;
  requires org.qieemo.kernels.device;
  requires jocl;

  provides org.qieemo.kernels.BackendProvider with
      org.qieemo.kernels.opencl.OpenClProvider;
}
