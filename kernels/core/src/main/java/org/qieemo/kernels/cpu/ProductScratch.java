package org.qieemo.kernels.cpu;

/**
 * Memory of one thread that {@link CpuKernels#multiply} uses while it works; only the kernels that
 * made it know what lies where.
 *
 * @param rows some rows, each an array of its own
 * @param panel an array that holds a panel of weights, maybe among other threads'
 * @param panelAt where in it this thread's part begins
 */
public record ProductScratch(float[][] rows, float[] panel, int panelAt) {}
