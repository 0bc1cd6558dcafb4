package org.qieemo.kernels.device;

/**
 * A kernel {@code attention} with the arguments of the portable one. The head's width and all
 * offsets and strides of its matrices must be aligned to 4 floats.
 *
 * @param text what it is built from
 * @param queries that a group takes
 * @param items of a group
 * @param mostHeadWidth most columns of a head
 */
public record AttentionKernel(KernelText text, int queries, int items, int mostHeadWidth) {}
