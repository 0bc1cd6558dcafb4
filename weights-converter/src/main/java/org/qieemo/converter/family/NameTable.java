package org.qieemo.converter.family;

import java.util.HashMap;
import java.util.Map;
import org.qieemo.weights.TensorNames;

/**
 * Where the tensors of a model file come from: canonical name to source name and layout. Each
 * family declares one; the converter takes from it what is used, missing and left over. Immutable.
 */
public final class NameTable {
  private final Map<String, Source> sources;

  /**
   * A tensor's origin.
   *
   * @param name in the checkpoint
   * @param layout how it lies there
   */
  public record Source(String name, Layout layout) {}

  private NameTable(Map<String, Source> sources) {
    this.sources = Map.copyOf(sources);
  }

  /** Where a tensor comes from, or null if the family has no name for it. */
  public Source source(String canonical) {
    return sources.get(canonical);
  }

  /** Collects rows; block rows stand for one row per block. Not thread-safe. */
  public static final class Builder {
    private final int blocks;
    private final String blockPrefix;
    private final Map<String, Source> sources = new HashMap<>();

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
      for (int i = 0; i < blocks; i++) {
        tensor(TensorNames.block(i) + canonical, blockPrefix + i + source, layout);
      }
      return this;
    }

    /** A module of every block. */
    public Builder blockModule(String canonical, String source) {
      return blockModule(canonical, source, Layout.SAME);
    }

    /** A module of every block whose weight lies differently. */
    public Builder blockModule(String canonical, String source, Layout weight) {
      for (int i = 0; i < blocks; i++) {
        module(TensorNames.block(i) + canonical, blockPrefix + i + source, weight);
      }
      return this;
    }

    /** The table. */
    public NameTable build() {
      return new NameTable(sources);
    }
  }
}
