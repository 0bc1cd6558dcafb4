package org.qieemo.weights;

/** The metadata keys of a model file, each once; {@code docs/model-format.md} explains them. */
public final class Keys {
  public static final String ARCHITECTURE = "general.architecture";
  public static final String NAME = "general.name";
  public static final String LICENSE = "general.license";
  public static final String DESCRIPTION = "general.description";
  public static final String AUTHOR = "general.author";
  public static final String FILE_TYPE = "general.file_type";
  public static final String QUANTIZATION_VERSION = "general.quantization_version";
  public static final String ALIGNMENT = "general.alignment";

  public static final String FORMAT_VERSION = "qieemo.format_version";
  public static final String FRONTEND_KIND = "qieemo.frontend.kind";
  public static final String SAMPLE_RATE = "qieemo.frontend.sample_rate";
  public static final String MEL_BINS = "qieemo.frontend.mel_bins";
  public static final String SNIP_EDGES = "qieemo.frontend.snip_edges";
  public static final String SAMPLE_SCALE = "qieemo.frontend.sample_scale";
  public static final String NORMALIZATION = "qieemo.frontend.normalization";

  public static final String SUBSAMPLING_KIND = "qieemo.subsampling.kind";
  public static final String SUBSAMPLING_CHANNELS = "qieemo.subsampling.channels";
  public static final String SUBSAMPLING_STRIDE = "qieemo.subsampling.stride";

  public static final String BLOCK_COUNT = "qieemo.encoder.block_count";
  public static final String WIDTH = "qieemo.encoder.width";
  public static final String HEAD_COUNT = "qieemo.encoder.head_count";
  public static final String FFN_WIDTH = "qieemo.encoder.ffn_width";
  public static final String CONV_KERNEL = "qieemo.encoder.conv_kernel";
  public static final String CONV_NORM = "qieemo.encoder.conv_norm";
  public static final String CONV_CAUSAL = "qieemo.encoder.conv_causal";
  public static final String CONV_FIRST = "qieemo.encoder.conv_first";
  public static final String MACARON = "qieemo.encoder.macaron";
  public static final String ACTIVATION = "qieemo.encoder.activation";
  public static final String NORM_FIRST = "qieemo.encoder.norm_first";
  public static final String NORM_EPS = "qieemo.encoder.norm_eps";
  public static final String AFTER_NORM = "qieemo.encoder.after_norm";
  public static final String POSITION = "qieemo.encoder.position";
  public static final String INPUT_SCALE = "qieemo.encoder.input_scale";
  public static final String CHUNK_SIZE = "qieemo.encoder.chunk_size";
  public static final String LEFT_CHUNKS = "qieemo.encoder.left_chunks";

  public static final String CTC_PRESENT = "qieemo.ctc.present";
  public static final String CTC_BLANK = "qieemo.ctc.blank";
  public static final String CTC_TOKENS = "qieemo.ctc.tokens";

  public static final String LABELS = "qieemo.labels";
  public static final String TAPS_BLOCKS = "qieemo.taps.blocks";
  public static final String TAPS_AFTER_NORM = "qieemo.taps.after_norm";
  public static final String PPG_FORM = "qieemo.ppg.form";
  public static final String PPG_BLANK = "qieemo.ppg.blank";
  public static final String FUSION_WIDTH = "qieemo.fusion.width";
  public static final String MMF_KIND = "qieemo.mmf.kind";
  public static final String CMA_QUERY = "qieemo.cma.query";
  public static final String CMA_LAYERS = "qieemo.cma.layers";
  public static final String CMA_HEADS = "qieemo.cma.heads";
  public static final String CMA_FFN_WIDTH = "qieemo.cma.ffn_width";
  public static final String CMA_NORM = "qieemo.cma.norm";
  public static final String POOLING_KIND = "qieemo.pooling.kind";
  public static final String POOLING_ATTENTION_WIDTH = "qieemo.pooling.attention_width";
  public static final String TEMPERATURE = "qieemo.head.temperature";
  public static final String PRIOR_TAU = "qieemo.head.prior_tau";
  public static final String PRIOR = "qieemo.head.prior";

  private Keys() {}
}
