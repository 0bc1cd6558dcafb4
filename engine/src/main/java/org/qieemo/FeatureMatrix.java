package org.qieemo;

/**
 * Features of one utterance, row-major.
 *
 * @param rows frames
 * @param cols columns
 * @param values [rows, cols]
 */
public record FeatureMatrix(int rows, int cols, float[] values) {}
