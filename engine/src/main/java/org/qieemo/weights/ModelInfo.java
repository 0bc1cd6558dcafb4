package org.qieemo.weights;

/**
 * Where a model comes from; empty strings for what is not known.
 *
 * @param name short name
 * @param license licence of the weights
 * @param description what it is, how it was measured, what it cannot do
 * @param author who made it
 */
public record ModelInfo(String name, String license, String description, String author) {
  /** Nothing known. */
  public static final ModelInfo UNKNOWN = new ModelInfo("", "", "", "");
}
