package org.qieemo.evaluation;

/**
 * How far the metrics might be off, had other speakers been recorded.
 *
 * @param groups number of groups that were resampled
 * @param weightedAccuracy interval of WA
 * @param unweightedAccuracy interval of UA
 * @param macroF1 interval of macro-F1
 */
public record MetricIntervals(
    int groups, Interval weightedAccuracy, Interval unweightedAccuracy, Interval macroF1) {}
