/**
 * How good a classifier is: confusion matrix, WA, UA, macro-F1, their confidence intervals, and how
 * far its probabilities can be trusted.
 *
 * <pre>{@code
 * List<Judgement> judgements = ...; // one per utterance: truth, predicted, speaker
 * ConfusionMatrix matrix = ConfusionMatrix.of(recognizer.labels(), judgements);
 * Metrics metrics = matrix.metrics();
 * Optional<MetricIntervals> intervals =
 *     Bootstrap.DEFAULT.intervals(recognizer.labels(), judgements);
 * }</pre>
 *
 * <p>Everything here is immutable, knows nothing of audio or models, and gives the same numbers in
 * every run and on every machine.
 */
package org.qieemo.evaluation;
