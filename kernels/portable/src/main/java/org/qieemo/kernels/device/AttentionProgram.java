package org.qieemo.kernels.device;

/**
 * A built kernel of attention.
 *
 * @param queries that a group takes
 * @param slice columns of a head that a group writes
 * @param items of a group
 */
record AttentionProgram(Program program, int queries, int slice, int items) {}
