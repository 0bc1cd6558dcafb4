"""NeMo's Conformer-CTC naming: its checkpoints to this reference's names, and back."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from .config import EncoderConfig

ENCODER_NAMES = [("encoder.pre_encode.", "encoder.embed."), ("encoder.embed.out.", "encoder.embed.out.0."),
                 ("encoder.layers.", "encoder.encoders."), ("decoder.decoder_layers.0.", "ctc.ctc_lo.")]
BLOCK_NAMES = [(".norm_feed_forward1.", ".norm_ff_macaron."), (".feed_forward1.linear1.", ".feed_forward_macaron.w_1."),
               (".feed_forward1.linear2.", ".feed_forward_macaron.w_2."), (".norm_self_att.", ".norm_mha."),
               (".conv.pointwise", ".conv_module.pointwise"), (".conv.depthwise", ".conv_module.depthwise"),
               (".conv.batch_norm.", ".conv_module.norm."), (".norm_feed_forward2.", ".norm_ff."),
               (".feed_forward2.linear1.", ".feed_forward.w_1."), (".feed_forward2.linear2.", ".feed_forward.w_2."),
               (".norm_out.", ".norm_final.")]


def to_reference(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """NeMo state_dict -> this reference's names; the CTC head's [V, d, 1] becomes [V, d]."""
    renamed = {}
    for name, value in state.items():
        for old, new in ENCODER_NAMES:
            name = name.replace(old, new, 1) if name.startswith(old) else name
        if name.startswith("encoder.encoders."):
            for old, new in BLOCK_NAMES:
                name = name.replace(old, new)
        renamed[name] = value.squeeze(-1) if name == "ctc.ctc_lo.weight" else value
    return renamed


def from_reference(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of to_reference, for goldens in NeMo's naming."""
    renamed = {}
    for name, value in state.items():
        if name.startswith("encoder.encoders."):
            for old, new in BLOCK_NAMES:
                name = name.replace(new, old)
        for old, new in reversed(ENCODER_NAMES):
            name = name.replace(new, old, 1) if name.startswith(new) else name
        renamed[name] = value.unsqueeze(-1) if name == "decoder.decoder_layers.0.weight" else value
    return renamed


def encoder_config(document: dict[str, Any]) -> EncoderConfig:
    """model_config.yaml of a `striding`, `rel_pos` Conformer-CTC."""
    encoder, classes = document["encoder"], document["decoder"]["num_classes"]
    width = encoder["d_model"]
    channels = encoder.get("subsampling_conv_channels", -1)
    return EncoderConfig(
        input_dim=encoder["feat_in"], vocab_size=classes + 1, blank=classes, output_size=width,
        attention_heads=encoder["n_heads"], linear_units=width * encoder["ff_expansion_factor"],
        num_blocks=encoder["n_layers"], input_layer="striding",
        subsampling_channels=None if channels == -1 else channels, position="relative",
        input_scale=encoder["xscaling"], cnn_module_kernel=encoder["conv_kernel_size"],
        after_norm=False, normalization=document["preprocessor"]["normalize"])


def load(folder: Path) -> tuple[EncoderConfig, dict[str, Tensor]]:
    config = encoder_config(yaml.safe_load((folder / "model_config.yaml").read_text(encoding="utf-8")))
    state = torch.load(folder / "model_weights.ckpt", map_location="cpu", weights_only=True)
    return config, to_reference(state)
