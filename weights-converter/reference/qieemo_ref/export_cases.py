"""The models of the side-by-side benchmark, and the shipped model read back from its GGUF file."""
from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from . import nemo as nemo_family
from .config import EncoderConfig, FusionConfig
from .model import Qieemo

LABELS = ["anger", "happiness", "neutral", "sadness"]


@dataclass
class ExportCase:
    """A backbone with MMF and CMA over it."""

    name: str
    encoder: dict[str, Any] = field(default_factory=dict)
    fusion: FusionConfig | None = None
    nemo: bool = False

    def backbone(self, folder: Path | None) -> tuple[EncoderConfig, dict[str, Tensor] | None]:
        """The configuration, and the weights where they are NeMo's and at hand."""
        if self.nemo and folder is not None:
            return nemo_family.load(folder)
        return EncoderConfig(**self.encoder), None


CASES = [
    ExportCase("embedded"),
    ExportCase("wenet-12x256", {"vocab_size": 5000}, FusionConfig(LABELS, [5, 6, 7])),
    ExportCase("nemo-small", {"vocab_size": 1025, "blank": 1024, "output_size": 176, "linear_units": 704,
                              "num_blocks": 16, "input_layer": "striding", "position": "relative",
                              "cnn_module_kernel": 31, "after_norm": False, "normalization": "none"},
               FusionConfig(LABELS, [4, 5, 6], width=176), nemo=True),
    ExportCase("17x512", {"vocab_size": 5000, "output_size": 512, "attention_heads": 8, "num_blocks": 17,
                          "cnn_module_kernel": 31}, FusionConfig(LABELS, [7, 8, 9], width=512, cma_heads=8)),
]

BLOCK_NAMES = [("macaron.norm.", "norm_ff_macaron."), ("macaron.up.", "feed_forward_macaron.w_1."),
               ("macaron.down.", "feed_forward_macaron.w_2."), ("attn.norm.", "norm_mha."),
               ("attn.pos.", "self_attn.linear_pos."), ("attn.pos_", "self_attn.pos_"), ("attn.", "self_attn.linear_"),
               ("conv.norm.", "norm_conv."), ("conv.depthwise_norm.mean", "conv_module.norm.running_mean"),
               ("conv.depthwise_norm.var", "conv_module.norm.running_var"),
               ("conv.depthwise_norm.", "conv_module.norm."), ("conv.pointwise", "conv_module.pointwise_conv"),
               ("conv.depthwise.", "conv_module.depthwise_conv."), ("ffn.norm.", "norm_ff."),
               ("ffn.up.", "feed_forward.w_1."), ("ffn.down.", "feed_forward.w_2."), ("final_norm.", "norm_final.")]


def reference_name(name: str) -> str:
    """A tensor of the model file in this reference's names, for conv2d models."""
    if name.startswith("cmvn."):
        return "encoder.global_" + name
    if name.startswith("ctc."):
        return name.replace("ctc.", "ctc.ctc_lo.")
    if name.startswith("subsampling."):
        name = re.sub(r"conv\.(\d)", lambda found: f"conv.{2 * int(found[1])}", name)
        return name.replace("subsampling.out.", "encoder.embed.out.0.").replace("subsampling.", "encoder.embed.")
    if name.startswith("encoder.after_norm"):
        return name
    block = re.fullmatch(r"encoder\.(\d+)\.(.+)", name)
    if block is None:
        return "qieemo." + name
    for ours, wenet in BLOCK_NAMES:
        if block[2].startswith(ours):
            return f"encoder.encoders.{block[1]}.{block[2].replace(ours, wenet, 1)}"
    raise ValueError(f"no name for {name}")


def in_reference_layout(name: str, value: Tensor, channels: int) -> Tensor:
    """The model file has channels last; see its table of shapes."""
    if ".embed.conv." in name and value.dim() == 4:
        return value.permute(0, 3, 1, 2)
    if name == "encoder.embed.out.0.weight":
        return value.unflatten(1, (-1, channels)).transpose(1, 2).flatten(1)
    if "pointwise_conv" in name and value.dim() == 2:
        return value.unsqueeze(-1)
    if "depthwise_conv" in name and value.dim() == 2:
        return value.unsqueeze(1)
    return value


def embedded_model(path: Path) -> Qieemo:
    """The shipped model, its quantised weights as they are."""
    from gguf import GGUFReader, dequantize
    reader = GGUFReader(path)

    def value(key: str) -> Any:
        return reader.fields["qieemo." + key].contents()

    channels = value("subsampling.channels")
    config = EncoderConfig(
        input_dim=value("frontend.mel_bins"), vocab_size=len(value("ctc.tokens")), output_size=value("encoder.width"),
        attention_heads=value("encoder.head_count"), linear_units=value("encoder.ffn_width"),
        num_blocks=value("encoder.block_count"), subsampling_channels=channels,
        cnn_module_kernel=value("encoder.conv_kernel"), normalization=value("frontend.normalization"))
    fusion = FusionConfig(value("labels"), value("taps.blocks"), width=value("fusion.width"),
                          mmf_kind=value("mmf.kind"), cma_query=value("cma.query"),
                          temperature=value("head.temperature"))
    model = Qieemo(config, fusion)
    state = {}
    for tensor in reader.tensors:
        name = reference_name(tensor.name)
        shape = tuple(int(size) for size in reversed(tensor.shape))
        numbers = torch.tensor(dequantize(tensor.data, tensor.tensor_type)).reshape(shape).float()
        state[name] = in_reference_layout(name, numbers, channels)
    missing, unknown = model.load_state_dict(state, strict=False)
    if unknown or any(not name.endswith("num_batches_tracked") for name in missing):
        raise ValueError(f"{path.name} does not fit: missing {missing}, unknown {unknown}")
    return model.eval()
