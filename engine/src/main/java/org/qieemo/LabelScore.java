package org.qieemo;

/**
 * A label and its probability.
 *
 * @param label as the model writes it
 * @param probability 0 to 1
 */
public record LabelScore(String label, double probability) {}
