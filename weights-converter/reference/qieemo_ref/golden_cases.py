"""The tiny random models of the goldens: one case per configurable choice."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .config import EncoderConfig, FusionConfig
from .model import Qieemo
from .torchaudio_conformer import TorchaudioOptions, TorchaudioQieemo

LABELS = ["anger", "joy", "neutral", "sadness"]
TOKENS = ["<blank>", "<unk>", "▁", "'", "a", "b", "é", "ß", "中", "▁the", "<sos/eos>"]
NEMO_TOKENS = ["<unk>", "s", "▁the", "t", "ed", "é", "ß", "中", "a", "▁"]
"""Without the blank, which NeMo appends."""


@dataclass
class Case:
    """One model and the number of feature frames it is run on; `style` is the folder's dialect."""

    name: str
    frames: int = 45
    style: str = "wenet"
    encoder: dict[str, Any] = field(default_factory=dict)
    fusion: dict[str, Any] | None = field(default_factory=dict)
    torchaudio: dict[str, Any] = field(default_factory=dict)
    """Of a case in torchaudio's style."""
    subsampling_gain: float = 1.0
    """Scales the subsampling's projection, so that a small variance shows which eps is added to it."""

    def encoder_config(self) -> EncoderConfig:
        tiny = {"input_dim": 24, "vocab_size": len(TOKENS), "output_size": 16, "attention_heads": 2,
                "linear_units": 24, "num_blocks": 2, "cnn_module_kernel": 7}
        return EncoderConfig(**(tiny | self.encoder))

    def fusion_config(self) -> FusionConfig | None:
        if self.fusion is None:
            return None
        tiny = {"labels": LABELS, "taps_blocks": [1], "width": 16, "cma_heads": 2, "cma_ffn_width": 24,
                "pooling_attention_width": 6}
        return FusionConfig(**(tiny | self.fusion))

    def model(self) -> Qieemo:
        if self.style == "torchaudio":
            return TorchaudioQieemo(self.encoder_config(), self.fusion_config(), TorchaudioOptions(**self.torchaudio))
        return Qieemo(self.encoder_config(), self.fusion_config())


SMALL_ENCODER = {"num_blocks": 1, "subsampling_channels": 4}
PLAIN_ENCODER = SMALL_ENCODER | {"input_layer": "linear", "macaron_style": False, "use_cnn_module": False}
SMALL_FUSION = {"mmf_kind": "sum", "cma_query": "off"}
"""What is not under test stays small: the goldens are committed."""


def encoder_case(name: str, frames: int = 33, gain: float = 1.0, **options: Any) -> Case:
    return Case(name, frames, encoder=SMALL_ENCODER | options, fusion=SMALL_FUSION, subsampling_gain=gain)


def fusion_case(name: str, frames: int = 9, encoder: dict[str, Any] | None = None, **options: Any) -> Case:
    return Case(name, frames, encoder=PLAIN_ENCODER | (encoder or {}), fusion=SMALL_FUSION | options)


TWO_BLOCKS = {"num_blocks": 2}
PRIORS = [0.1, 0.2, 0.3, 0.4]

ENCODERS = [
    encoder_case("sub-linear", 15, input_layer="linear", position="absolute"),
    encoder_case("sub-conv2d", 53, num_blocks=2),
    encoder_case("sub-conv2d6", 67, input_layer="conv2d6"),
    encoder_case("sub-conv2d8", 71, input_layer="conv2d8"),
    encoder_case("sub-striding", 51, input_layer="striding"),
    encoder_case("sub-channels-as-wide", 55, subsampling_channels=16),
    encoder_case("least-conv2d", 7),
    encoder_case("least-conv2d8", 15, input_layer="conv2d8"),
    encoder_case("least-linear", 1, input_layer="linear"),
    encoder_case("position-none", position="none"),
    encoder_case("position-absolute", position="absolute"),
    encoder_case("position-wenet-unscaled", input_scale=False),
    encoder_case("position-relative", 53, position="relative"),
    encoder_case("position-legacy", 53, position="legacy"),
    encoder_case("no-macaron", macaron_style=False),
    encoder_case("no-conv-module", use_cnn_module=False),
    encoder_case("conv-layer-norm", cnn_module_norm="layer_norm"),
    encoder_case("conv-causal", num_blocks=2, causal=True),
    encoder_case("chunk", 51, causal=True, static_chunk_size=4),
    encoder_case("chunk-left", 67, causal=True, static_chunk_size=4, num_left_chunks=1),
    encoder_case("chunk-left-0", 51, causal=True, static_chunk_size=3, num_left_chunks=0, position="absolute"),
    encoder_case("chunk-relative", 63, causal=True, static_chunk_size=5, num_left_chunks=2, position="relative"),
    encoder_case("norm-last", normalize_before=False),
    encoder_case("norm-last-no-macaron", normalize_before=False, macaron_style=False, use_cnn_module=False,
                 position="absolute"),
    encoder_case("norm-eps-1e-12", gain=1e-4, norm_eps=1e-12),
    encoder_case("activation-relu", activation_type="relu"),
    encoder_case("no-after-norm", after_norm=False),
    encoder_case("no-cmvn", normalization="none"),
    encoder_case("blank-last", blank=10),
    Case("wide", 37, encoder={"subsampling_channels": 4, "output_size": 32, "attention_heads": 4, "linear_units": 32,
                              "num_blocks": 1, "cnn_module_kernel": 5},
         fusion={"taps_blocks": [1], "width": 32, "cma_heads": 4, "cma_ffn_width": 32}),
    Case("encoder-only", encoder=SMALL_ENCODER, fusion=None),
    Case("encoder-only-streaming", 51, fusion=None, encoder=SMALL_ENCODER | {
        "causal": True, "static_chunk_size": 4, "num_left_chunks": 2}),
]

FUSIONS = [
    fusion_case("taps-several", encoder=TWO_BLOCKS, taps_blocks=[1, 2]),
    fusion_case("taps-subsampled", taps_blocks=[0]),
    fusion_case("taps-all-after-norm", encoder=TWO_BLOCKS, taps_blocks=[0, 1, 2], taps_after_norm=True),
    fusion_case("ppg-log-prob", ppg_form="log_prob"),
    fusion_case("ppg-logits", ppg_form="logits"),
    fusion_case("ppg-without-blank", ppg_blank=False),
    fusion_case("ppg-logits-without-last-blank", encoder={"blank": 10}, ppg_form="logits", ppg_blank=False),
    fusion_case("mmf-concat", mmf_kind="concat"),
    fusion_case("mmf-gated", mmf_kind="gated"),
    fusion_case("neither", mmf_kind="off"),
    fusion_case("cma-emotion", cma_query="emotion", mmf_kind="off"),
    fusion_case("cma-ppg", cma_query="ppg", mmf_kind="off"),
    fusion_case("cma-both", cma_query="both", mmf_kind="off"),
    fusion_case("cma-two-layers", cma_query="emotion", cma_layers=2),
    fusion_case("cma-pre", cma_query="emotion", cma_norm="pre", mmf_kind="gated"),
    fusion_case("cma-pre-two-layers-both", cma_query="both", cma_norm="pre", cma_layers=2),
    fusion_case("mmf-concat-cma", mmf_kind="concat", cma_query="emotion"),
    fusion_case("width-differs", mmf_kind="concat", cma_query="emotion", width=24, cma_heads=3),
    fusion_case("pooling-mean-softmax", pooling_kind="mean_softmax"),
    fusion_case("pooling-attentive", mmf_kind="concat", cma_query="emotion", pooling_kind="attentive"),
    fusion_case("pooling-stats", pooling_kind="stats"),
    fusion_case("pooling-stats-one-frame", 1, pooling_kind="stats"),
    fusion_case("temperature-prior", temperature=1.7, prior_tau=0.5, prior_probabilities=PRIORS),
]

NEMO_ENCODER = {"input_layer": "striding", "position": "relative", "after_norm": False, "normalization": "per_feature",
                "blank": len(NEMO_TOKENS), "linear_units": 32, "subsampling_channels": 8,
                "num_blocks": 1}
ESPNET_ENCODER = {"num_blocks": 1, "norm_eps": 1e-12}
TORCHAUDIO_ENCODER = {"input_dim": 16, "position": "none", "after_norm": False, "normalization": "none",
                      "cnn_module_kernel": 5}
FOREIGN = [
    Case("nemo", 49, "nemo", encoder=NEMO_ENCODER),
    Case("nemo-encoder-only", 46, "nemo", encoder=NEMO_ENCODER | SMALL_ENCODER, fusion=None),
    Case("espnet", 45, "espnet", encoder=ESPNET_ENCODER | {"position": "legacy", "macaron_style": False}),
    Case("espnet-latest", 47, "espnet", fusion=None, encoder=ESPNET_ENCODER | {
        "position": "relative", "input_layer": "conv2d6"}),
    Case("torchaudio", 41, "torchaudio", encoder=TORCHAUDIO_ENCODER, fusion=SMALL_FUSION | {"mmf_kind": "off"}),
    Case("torchaudio-group-norm", 43, "torchaudio", encoder=TORCHAUDIO_ENCODER, torchaudio={
        "use_group_norm": True, "convolution_first": True, "prefix": "encoder.", "ctc": "decoder"}),
    Case("torchaudio-time-reduction", 47, "torchaudio", encoder=TORCHAUDIO_ENCODER | {"input_dim": 10}, fusion=None,
         torchaudio={"time_reduction_stride": 4, "input_linear": "transcriber.input_linear",
                     "prefix": "transcriber.conformer.", "use_group_norm": True, "ctc": "output"}),
]

CASES = ENCODERS + FUSIONS + FOREIGN
