package org.qieemo.kernels.cpu;

/**
 * Memory of one thread that {@link CpuKernels#multiply} uses while it works; only the kernels that
 * made it know what it is.
 */
public interface ProductScratch {}
