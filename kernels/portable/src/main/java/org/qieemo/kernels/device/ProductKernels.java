package org.qieemo.kernels.device;

/**
 * Kernels {@code linear}, {@code linear_add} and {@code linear_glu}, or {@code conv2d}, with the
 * arguments of the portable ones. Their x and its row stride must be aligned to 4 floats, and rows
 * of the weight to 8 elements.
 *
 * @param text what they are built from
 * @param rows of results that a group computes
 * @param cols of results that a group computes; behind GLU half of them
 * @param items of a group
 * @param leastGroups smaller products would leave a part of the device idle: the next kernels, of
 *     smaller tiles, are better
 * @param normalizes whether there are {@code norm_linear} and {@code norm_linear_glu} too, which
 *     take the LayerNorm of x: gamma, beta and epsilon stand in front of the activation
 */
public record ProductKernels(
    KernelText text, int rows, int cols, int items, int leastGroups, boolean normalizes) {}
