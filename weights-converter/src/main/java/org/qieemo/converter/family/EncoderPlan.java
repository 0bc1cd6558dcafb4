package org.qieemo.converter.family;

import java.util.Map;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.weights.CtcConfig;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.SubsamplingConfig;

/**
 * What a family found.
 *
 * @param frontEnd samples to features, and why
 * @param subsampling features to encoder frames
 * @param encoder the Conformer
 * @param ctc the CTC head, null for none
 * @param names where the tensors come from
 * @param extra tensors that stand in no checkpoint, by source name
 */
public record EncoderPlan(
    ChosenFrontEnd frontEnd,
    SubsamplingConfig subsampling,
    EncoderConfig encoder,
    CtcConfig ctc,
    NameTable names,
    Map<String, SourceTensor> extra) {}
