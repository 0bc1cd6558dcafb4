package org.qieemo.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.AttentionMask;

/** Between a model's configuration and the metadata of its file, both ways. Stateless. */
public final class ModelMetadata {
  /** Value of {@link Keys#ARCHITECTURE}. */
  public static final String ARCHITECTURE = "qieemo";

  /** Value of {@link Keys#FORMAT_VERSION} that this engine reads and writes. */
  public static final int FORMAT_VERSION = 1;

  private ModelMetadata() {}

  /**
   * The configuration that a file's metadata describes.
   *
   * @throws ModelFormatException if a key is missing, mistyped or its value impossible
   */
  public static ModelConfig read(Metadata m) throws ModelFormatException {
    if (!m.string(Keys.ARCHITECTURE).equals(ARCHITECTURE)) {
      throw m.error(
          Keys.ARCHITECTURE,
          "expected 'qieemo', found '"
              + m.string(Keys.ARCHITECTURE)
              + "': not a model of this kind");
    }
    if (m.integer(Keys.FORMAT_VERSION) != FORMAT_VERSION) {
      throw m.error(
          Keys.FORMAT_VERSION,
          "expected 1, found " + m.integer(Keys.FORMAT_VERSION) + ": convert the model again");
    }
    try {
      return new ModelConfig(
          readInfo(m),
          readFrontEnd(m),
          new SubsamplingConfig(
              m.constant(Keys.SUBSAMPLING_KIND, SubsamplingConfig.Kind.class),
              m.integer(Keys.SUBSAMPLING_CHANNELS),
              m.has(Keys.SUBSAMPLING_STRIDE) ? m.integer(Keys.SUBSAMPLING_STRIDE) : 0),
          readEncoder(m),
          m.flag(Keys.CTC_PRESENT) ? readCtc(m) : null,
          m.has(Keys.LABELS) ? readFusion(m) : null);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(m.source(), FormatException.NO_OFFSET, e.getMessage());
    }
  }

  private static ModelInfo readInfo(Metadata m) throws ModelFormatException {
    return new ModelInfo(
        m.string(Keys.NAME, ""),
        m.string(Keys.LICENSE, ""),
        m.string(Keys.DESCRIPTION, ""),
        m.string(Keys.AUTHOR, ""));
  }

  private static FrontEndConfig readFrontEnd(Metadata m) throws ModelFormatException {
    return new FrontEndConfig(
        m.constant(Keys.FRONTEND_KIND, FrontEndConfig.Kind.class),
        m.integer(Keys.SAMPLE_RATE),
        m.integer(Keys.MEL_BINS),
        m.flag(Keys.SNIP_EDGES),
        m.number(Keys.SAMPLE_SCALE),
        m.constant(Keys.NORMALIZATION, FrontEndConfig.Normalization.class));
  }

  private static EncoderConfig readEncoder(Metadata m) throws ModelFormatException {
    int kernel = m.integer(Keys.CONV_KERNEL);
    EncoderConfig.Convolution convolution =
        kernel == 0
            ? null
            : new EncoderConfig.Convolution(
                kernel,
                m.constant(Keys.CONV_NORM, EncoderConfig.ConvNorm.class),
                m.flag(Keys.CONV_CAUSAL),
                m.has(Keys.CONV_FIRST) && m.flag(Keys.CONV_FIRST));
    return new EncoderConfig(
        m.integer(Keys.BLOCK_COUNT),
        m.integer(Keys.WIDTH),
        m.integer(Keys.HEAD_COUNT),
        m.integer(Keys.FFN_WIDTH),
        convolution,
        m.flag(Keys.MACARON),
        m.constant(Keys.ACTIVATION, Activation.class),
        m.flag(Keys.NORM_FIRST),
        m.number(Keys.NORM_EPS),
        m.flag(Keys.AFTER_NORM),
        m.constant(Keys.POSITION, EncoderConfig.Position.class),
        m.flag(Keys.INPUT_SCALE),
        new AttentionMask(m.integer(Keys.CHUNK_SIZE), m.integer(Keys.LEFT_CHUNKS)));
  }

  private static CtcConfig readCtc(Metadata m) throws ModelFormatException {
    return new CtcConfig(m.integer(Keys.CTC_BLANK), m.strings(Keys.CTC_TOKENS));
  }

  private static FusionConfig readFusion(Metadata m) throws ModelFormatException {
    return new FusionConfig(
        m.strings(Keys.LABELS),
        m.integer(Keys.FUSION_WIDTH),
        new FusionConfig.Taps(m.integers(Keys.TAPS_BLOCKS), m.flag(Keys.TAPS_AFTER_NORM)),
        new FusionConfig.Ppg(
            m.constant(Keys.PPG_FORM, FusionConfig.PpgForm.class), m.flag(Keys.PPG_BLANK)),
        m.constant(Keys.MMF_KIND, FusionConfig.Mmf.class),
        new FusionConfig.Cma(
            m.constant(Keys.CMA_QUERY, FusionConfig.CmaQuery.class),
            m.integer(Keys.CMA_LAYERS),
            m.integer(Keys.CMA_HEADS),
            m.integer(Keys.CMA_FFN_WIDTH),
            m.constant(Keys.CMA_NORM, FusionConfig.CmaNorm.class)),
        new FusionConfig.PoolingConfig(
            m.constant(Keys.POOLING_KIND, FusionConfig.PoolingKind.class),
            m.integer(Keys.POOLING_ATTENTION_WIDTH)),
        new FusionConfig.Calibration(
            m.number(Keys.TEMPERATURE),
            m.number(Keys.PRIOR_TAU),
            m.has(Keys.PRIOR) ? m.numbers(Keys.PRIOR) : List.of()));
  }

  /**
   * The metadata that describe a configuration, in file order. Integers are {@link Integer}
   * (negative ones need a signed type in the file), floats {@link Float}, lists hold {@link
   * String}, {@link Integer} or {@link Float}.
   */
  public static Map<String, Object> write(ModelConfig config) {
    Map<String, Object> m = new LinkedHashMap<>();
    m.put(Keys.ARCHITECTURE, ARCHITECTURE);
    putIfKnown(m, Keys.NAME, config.info().name());
    putIfKnown(m, Keys.LICENSE, config.info().license());
    putIfKnown(m, Keys.DESCRIPTION, config.info().description());
    putIfKnown(m, Keys.AUTHOR, config.info().author());
    m.put(Keys.FORMAT_VERSION, FORMAT_VERSION);
    writeFrontEnd(m, config.frontEnd());
    m.put(Keys.SUBSAMPLING_KIND, Metadata.text(config.subsampling().kind()));
    m.put(Keys.SUBSAMPLING_CHANNELS, config.subsampling().channels());
    if (config.subsampling().stride() > 0) {
      m.put(Keys.SUBSAMPLING_STRIDE, config.subsampling().stride());
    }
    writeEncoder(m, config.encoder());
    m.put(Keys.CTC_PRESENT, config.ctc() != null);
    if (config.ctc() != null) {
      m.put(Keys.CTC_BLANK, config.ctc().blank());
      m.put(Keys.CTC_TOKENS, config.ctc().tokens());
    }
    if (config.fusion() != null) {
      writeFusion(m, config.fusion());
    }
    return m;
  }

  private static void putIfKnown(Map<String, Object> m, String key, String value) {
    if (!value.isEmpty()) {
      m.put(key, value);
    }
  }

  private static void writeFrontEnd(Map<String, Object> m, FrontEndConfig frontEnd) {
    m.put(Keys.FRONTEND_KIND, Metadata.text(frontEnd.kind()));
    m.put(Keys.SAMPLE_RATE, frontEnd.sampleRate());
    m.put(Keys.MEL_BINS, frontEnd.melBins());
    m.put(Keys.SNIP_EDGES, frontEnd.snipEdges());
    m.put(Keys.SAMPLE_SCALE, frontEnd.sampleScale());
    m.put(Keys.NORMALIZATION, Metadata.text(frontEnd.normalization()));
  }

  private static void writeEncoder(Map<String, Object> m, EncoderConfig encoder) {
    EncoderConfig.Convolution convolution = encoder.convolution();
    m.put(Keys.BLOCK_COUNT, encoder.blocks());
    m.put(Keys.WIDTH, encoder.width());
    m.put(Keys.HEAD_COUNT, encoder.heads());
    m.put(Keys.FFN_WIDTH, encoder.ffnWidth());
    m.put(Keys.CONV_KERNEL, convolution == null ? 0 : convolution.kernel());
    if (convolution != null) {
      m.put(Keys.CONV_NORM, Metadata.text(convolution.norm()));
      m.put(Keys.CONV_CAUSAL, convolution.causal());
      if (convolution.first()) {
        m.put(Keys.CONV_FIRST, true);
      }
    }
    m.put(Keys.MACARON, encoder.macaron());
    m.put(Keys.ACTIVATION, Metadata.text(encoder.activation()));
    m.put(Keys.NORM_FIRST, encoder.normFirst());
    m.put(Keys.NORM_EPS, encoder.normEps());
    m.put(Keys.AFTER_NORM, encoder.afterNorm());
    m.put(Keys.POSITION, Metadata.text(encoder.position()));
    m.put(Keys.INPUT_SCALE, encoder.inputScale());
    m.put(Keys.CHUNK_SIZE, encoder.mask().chunk());
    m.put(Keys.LEFT_CHUNKS, encoder.mask().leftChunks());
  }

  private static void writeFusion(Map<String, Object> m, FusionConfig fusion) {
    m.put(Keys.LABELS, fusion.labels());
    m.put(Keys.FUSION_WIDTH, fusion.width());
    m.put(Keys.TAPS_BLOCKS, fusion.taps().blocks());
    m.put(Keys.TAPS_AFTER_NORM, fusion.taps().afterNorm());
    m.put(Keys.PPG_FORM, Metadata.text(fusion.ppg().form()));
    m.put(Keys.PPG_BLANK, fusion.ppg().blank());
    m.put(Keys.MMF_KIND, Metadata.text(fusion.mmf()));
    m.put(Keys.CMA_QUERY, Metadata.text(fusion.cma().query()));
    m.put(Keys.CMA_LAYERS, fusion.cma().layers());
    m.put(Keys.CMA_HEADS, fusion.cma().heads());
    m.put(Keys.CMA_FFN_WIDTH, fusion.cma().ffnWidth());
    m.put(Keys.CMA_NORM, Metadata.text(fusion.cma().norm()));
    m.put(Keys.POOLING_KIND, Metadata.text(fusion.pooling().kind()));
    m.put(Keys.POOLING_ATTENTION_WIDTH, fusion.pooling().attentionWidth());
    m.put(Keys.TEMPERATURE, fusion.calibration().temperature());
    m.put(Keys.PRIOR_TAU, fusion.calibration().priorTau());
    if (!fusion.calibration().prior().isEmpty()) {
      m.put(Keys.PRIOR, fusion.calibration().prior());
    }
  }
}
