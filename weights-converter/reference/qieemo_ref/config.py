"""Configurations: the encoder's (train.yaml, WeNet's dialect) and the fusion's (qieemo.json)."""
from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

POSITIONS = ("none", "absolute", "wenet", "relative", "legacy")
INPUT_LAYERS = ("linear", "conv2d", "conv2d6", "conv2d8", "striding")
WENET_POSITION = {"no_pos": "none", "abs_pos": "absolute", "rel_pos": "wenet"}


@dataclass
class EncoderConfig:
    """One Conformer encoder with its CTC head. Field names follow WeNet's `encoder_conf` where it has one."""

    input_dim: int = 80
    vocab_size: int = 29
    output_size: int = 256
    attention_heads: int = 4
    linear_units: int = 2048
    num_blocks: int = 12
    input_layer: str = "conv2d"
    subsampling_channels: int | None = None
    """C; None means output_size, as WeNet has it."""
    position: str = "wenet"
    input_scale: bool | None = None
    """Multiply the subsampled input by sqrt(d); None means: whenever there is a position encoding."""
    macaron_style: bool = True
    use_cnn_module: bool = True
    cnn_module_kernel: int = 15
    cnn_module_norm: str = "batch_norm"
    causal: bool = False
    activation_type: str = "swish"
    normalize_before: bool = True
    after_norm: bool | None = None
    """None means: as normalize_before, WeNet's rule."""
    norm_eps: float = 1e-5
    static_chunk_size: int = 0
    num_left_chunks: int = -1
    normalization: str = "global"
    """`none`, `global` (buffers of the checkpoint), `per_feature` (NeMo) or `per_feature_population` (its k2 exports)."""
    blank: int = 0

    def __post_init__(self) -> None:
        if self.position not in POSITIONS or self.input_layer not in INPUT_LAYERS:
            raise ValueError(f"unknown position or input layer: {self.position}, {self.input_layer}")
        if self.subsampling_channels is None:
            self.subsampling_channels = self.output_size
        if self.input_scale is None:
            self.input_scale = self.position != "none"
        if self.after_norm is None:
            self.after_norm = self.normalize_before

    def to_yaml(self) -> dict[str, Any]:
        """The WeNet document: WeNet's own keys, and beside them the explicit keys of this project."""
        wenet_position = {"none": "no_pos", "absolute": "abs_pos"}.get(self.position, "rel_pos")
        relative = self.position in ("wenet", "relative", "legacy")
        conf = {key: value for key, value in asdict(self).items()
                if key not in ("input_dim", "vocab_size", "normalization", "blank")}
        conf["pos_enc_layer_type"] = wenet_position
        conf["selfattention_layer_type"] = "rel_selfattn" if relative else "selfattn"
        conf["use_dynamic_chunk"] = False
        return {
            "encoder": "conformer",
            "input_dim": self.input_dim,
            "output_dim": self.vocab_size,
            "encoder_conf": conf,
            "ctc_conf": {"ctc_blank_id": self.blank},
            "dataset_conf": {"fbank_conf": {"num_mel_bins": self.input_dim, "frame_length": 25,
                                            "frame_shift": 10, "dither": 0.0},
                             "normalization": self.normalization},
        }

    @staticmethod
    def from_yaml(document: dict[str, Any]) -> "EncoderConfig":
        """Reads a WeNet document; keys that this class does not know are ignored."""
        conf = dict(document.get("encoder_conf", {}))
        conf.setdefault("position", WENET_POSITION[conf.get("pos_enc_layer_type", "rel_pos")])
        known = {f.name for f in fields(EncoderConfig)}
        return EncoderConfig(
            **{key: value for key, value in conf.items() if key in known},
            input_dim=document["input_dim"], vocab_size=document["output_dim"],
            normalization=document.get("dataset_conf", {}).get("normalization", "global"),
            blank=document.get("ctc_conf", {}).get("ctc_blank_id", 0))


@dataclass
class FusionConfig:
    """What qieemo.json says; the nested objects of the file are flattened with underscores."""

    labels: list[str]
    taps_blocks: list[int]
    taps_after_norm: bool = False
    ppg_form: str = "prob"
    ppg_blank: bool = True
    width: int = 256
    mmf_kind: str = "concat"
    cma_query: str = "emotion"
    cma_layers: int = 1
    cma_heads: int = 4
    cma_ffn_width: int = 512
    cma_norm: str = "post"
    pooling_kind: str = "mean_logit"
    pooling_attention_width: int = 64
    temperature: float = 1.0
    prior_tau: float = 0.0
    prior_probabilities: list[float] = field(default_factory=list)

    @property
    def uses_ppg(self) -> bool:
        return self.mmf_kind != "off" or self.cma_query != "off"

    @property
    def cma_queries(self) -> list[str]:
        return {"off": [], "both": ["emotion", "ppg"]}.get(self.cma_query, [self.cma_query])

    @property
    def head_width(self) -> int:
        """n: w for each of M, Z_emotion, Z_ppg that is on; w when none is."""
        return self.width * max(1, (self.mmf_kind != "off") + len(self.cma_queries))

    def to_json(self, **about: str) -> dict[str, Any]:
        return {
            **about,
            "labels": self.labels,
            "taps": {"blocks": self.taps_blocks, "after_norm": self.taps_after_norm},
            "ppg": {"form": self.ppg_form, "blank": self.ppg_blank},
            "width": self.width,
            "mmf": {"kind": self.mmf_kind},
            "cma": {"query": self.cma_query, "layers": self.cma_layers, "heads": self.cma_heads,
                    "ffn_width": self.cma_ffn_width, "norm": self.cma_norm},
            "pooling": {"kind": self.pooling_kind, "attention_width": self.pooling_attention_width},
            "temperature": self.temperature,
            "prior": {"tau": self.prior_tau, "probabilities": self.prior_probabilities},
        }

    @staticmethod
    def from_json(document: dict[str, Any]) -> "FusionConfig":
        flat: dict[str, Any] = {}
        for key, value in document.items():
            if isinstance(value, dict):
                flat.update({f"{key}_{inner}": inner_value for inner, inner_value in value.items()})
            else:
                flat[key] = value
        known = {f.name for f in fields(FusionConfig)}
        return FusionConfig(**{key: value for key, value in flat.items() if key in known})


def read_encoder_config(path: Path) -> EncoderConfig:
    return EncoderConfig.from_yaml(yaml.safe_load(path.read_text(encoding="utf-8")))


def read_fusion_config(path: Path) -> FusionConfig:
    return FusionConfig.from_json(json.loads(path.read_text(encoding="utf-8")))
