package org.qieemo.bench.side;

/**
 * One way from a WAV file to a label in a process of its own.
 *
 * @param name what ran
 * @param label what it heard
 * @param seconds wall time by round
 * @param mebibytes peak resident memory by round; of runs of their own
 */
record OneShot(String name, String label, double[] seconds, double[] mebibytes) {}
