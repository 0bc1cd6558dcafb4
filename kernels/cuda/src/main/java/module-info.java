/** The CUDA back end, through JCuda. */
@SuppressWarnings("requires-automatic") // JCuda has no module descriptor
module org.qieemo.kernels.cuda {
  requires org.qieemo.kernels;
  requires org.qieemo.kernels.device;
  requires jcuda;
  requires static jcublas;

  provides org.qieemo.kernels.BackendProvider with
      org.qieemo.kernels.cuda.CudaProvider;
}
