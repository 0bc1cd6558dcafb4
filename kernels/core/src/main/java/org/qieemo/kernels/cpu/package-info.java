/**
 * The CPU back end: checks, workspace, threads and the order of the steps of each op. The inner
 * loops are behind {@link org.qieemo.kernels.cpu.CpuKernels}, one implementation per instruction
 * set.
 */
package org.qieemo.kernels.cpu;
