/** Tensors, the op contract, the choice of a back end, and the CPU back end in plain Java. */
@SuppressWarnings("module") // the vector artifact is compiled after this one
module org.qieemo.kernels {
  exports org.qieemo.kernels;
  exports org.qieemo.kernels.cpu to
      org.qieemo.kernels.vector;

  uses org.qieemo.kernels.BackendProvider;
  uses org.qieemo.kernels.cpu.CpuKernelsProvider;

  provides org.qieemo.kernels.BackendProvider with
      org.qieemo.kernels.cpu.CpuBackendProvider;
  provides org.qieemo.kernels.cpu.CpuKernelsProvider with
      org.qieemo.kernels.plain.PlainKernelsProvider;
}
