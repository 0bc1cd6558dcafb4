package org.qieemo;

/**
 * A stretch of time in hops of 10 ms.
 *
 * @param from first hop
 * @param to one past the last hop
 */
record Span(long from, long to) {}
