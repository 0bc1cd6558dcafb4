/** CPU kernels on the Vector API; nothing here is touched before jdk.incubator.vector is seen. */
module org.qieemo.kernels.vector {
  requires org.qieemo.kernels;
  requires jdk.incubator.vector;

  provides org.qieemo.kernels.cpu.CpuKernelsProvider with
      org.qieemo.kernels.vector.VectorKernelsProvider;
}
