package org.qieemo.bench.side;

import java.util.List;
import java.util.Map;

/**
 * Everything that a run found.
 *
 * @param about machine, versions, date, command
 * @param peak GFLOP/s by number of threads
 * @param cells times
 * @param memory peak memory of fresh processes
 * @param oneShots whole processes
 * @param notes engines that were skipped, parts that failed
 */
record Results(
    Map<String, String> about,
    Map<Integer, Double> peak,
    List<Cell> cells,
    List<MemoryUse> memory,
    List<OneShot> oneShots,
    List<String> notes) {}
