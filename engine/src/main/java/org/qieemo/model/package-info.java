/**
 * What the paper does: a Conformer ASR encoder, its posteriorgram, tapped blocks, the multimodal
 * fusion and cross-modal attention modules, and the emotion head. Qieemo-style; fusion equations
 * reconstructed from the abstract of arXiv 2503.22687.
 *
 * <p>Classes are immutable layers with named weights; all state of a run is in {@link
 * org.qieemo.model.Forward}. Nothing here knows which back end runs.
 */
package org.qieemo.model;
