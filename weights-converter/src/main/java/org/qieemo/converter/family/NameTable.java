package org.qieemo.converter.family;

import java.util.HashMap;
import java.util.Map;
import org.qieemo.weights.TensorNames;

/**
 * Where the tensors of a model file come from: canonical name to source name and layout. Each
 * family declares one; the converter takes from it what is used, missing and left over. The rows of
 * blocks are there once: a configuration may announce a thousand blocks. Immutable.
 */
public final class NameTable {
  private final Map<String, Source> sources;
  private final Map<String, Source> blockSources; // by what follows the number
  private final int blocks;
  private final String blockPrefix;

  /**
   * A tensor's origin.
   *
   * @param name in the checkpoint
   * @param layout how it lies there
   */
  public record Source(String name, Layout layout) {}

  private NameTable(Builder builder) {
    this.sources = Map.copyOf(builder.sources);
    this.blockSources = Map.copyOf(builder.blockSources);
    this.blocks = builder.blocks;
    this.blockPrefix = builder.blockPrefix;
  }

  /** Where a tensor comes from, or null if the family has no name for it. */
  public Source source(String canonical) {
    Source whole = sources.get(canonical);
    if (whole != null || !canonical.startsWith(TensorNames.BLOCK)) {
      return whole;
    }
    int end = canonical.indexOf('.', TensorNames.BLOCK.length());
    String number = end < 0 ? "" : canonical.substring(TensorNames.BLOCK.length(), end);
    Source source = end < 0 ? null : blockSources.get(canonical.substring(end));
    if (source == null || !number.matches("[0-9]{1,4}") || Integer.parseInt(number) >= blocks) {
      return null;
    }
    return new Source(blockPrefix + number + source.name(), source.layout());
  }

  /** Collects rows; block rows stand for one row per block. Not thread-safe. */
  public static final class Builder {
    private final int blocks;
    private final String blockPrefix;
    private final Map<String, Source> sources = new HashMap<>();
    private final Map<String, Source> blockSources = new HashMap<>();

    /**
     * Starts a table.
     *
     * @param blocks L
     * @param blockPrefix of the source's block names, before the number
     */
    public Builder(int blocks, String blockPrefix) {
      this.blocks = blocks;
      this.blockPrefix = blockPrefix;
    }

    /** One tensor by its full names. */
    public Builder tensor(String canonical, String source) {
      return tensor(canonical, source, Layout.SAME);
    }

    /** One tensor that lies differently. */
    public Builder tensor(String canonical, String source, Layout layout) {
      sources.put(canonical, new Source(source, layout));
      return this;
    }

    /** A module with weight and bias. */
    public Builder module(String canonical, String source) {
      return module(canonical, source, Layout.SAME);
    }

    /** A module whose weight lies differently. */
    public Builder module(String canonical, String source, Layout weight) {
      sources.put(canonical + TensorNames.WEIGHT, new Source(source + ".weight", weight));
      return tensor(canonical + TensorNames.BIAS, source + ".bias");
    }

    /** One tensor of every block. */
    public Builder blockTensor(String canonical, String source) {
      return blockTensor(canonical, source, Layout.SAME);
    }

    /** One tensor of every block that lies differently. */
    public Builder blockTensor(String canonical, String source, Layout layout) {
      blockSources.put(canonical, new Source(source, layout));
      return this;
    }

    /** A module of every block. */
    public Builder blockModule(String canonical, String source) {
      return blockModule(canonical, source, Layout.SAME);
    }

    /** A module of every block whose weight lies differently. */
    public Builder blockModule(String canonical, String source, Layout weight) {
      return blockTensor(canonical + TensorNames.WEIGHT, source + ".weight", weight)
          .blockTensor(canonical + TensorNames.BIAS, source + ".bias");
    }

    /** The table. */
    public NameTable build() {
      return new NameTable(this);
    }
  }
}
