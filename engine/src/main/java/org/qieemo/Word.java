package org.qieemo;

/**
 * A word and when it was said, by greedy CTC: from the first frame of its first token to the last
 * frame of its last. CTC places tokens as short peaks, often later than their sound begins, so take
 * the times as good to about a tenth of a second.
 *
 * @param text as the model writes it
 * @param start seconds from the beginning of the audio
 * @param end seconds
 */
public record Word(String text, double start, double end) {}
