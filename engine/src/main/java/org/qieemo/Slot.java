package org.qieemo;

/**
 * A stretch of time and what was heard in it.
 *
 * @param span when
 * @param probabilities of the decision's labels; null for silence
 */
record Slot(Span span, double[] probabilities) {}
