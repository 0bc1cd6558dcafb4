package org.qieemo.bench.side;

/**
 * Peak resident memory of a fresh process that loads one model and runs it.
 *
 * @param engine engine's id
 * @param mebibytes peak; NaN where it could not be read
 */
record MemoryUse(String model, String engine, int seconds, int threads, double mebibytes) {}
