"""torchaudio.models.Conformer under its own parameter names, for goldens.

Written from torchaudio's documentation and the parameter names of its checkpoints, without its code: where torchaudio is
installed, test_torchaudio.py compares the two. The layers are PyTorch's own (MultiheadAttention, BatchNorm1d, GroupNorm),
so that nothing of encoder.py is shared.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .config import EncoderConfig, FusionConfig
from .model import Qieemo


@dataclass
class TorchaudioOptions:
    """What a torchaudio model has that EncoderConfig does not say; the names are those of config.yaml."""

    use_group_norm: bool = False
    convolution_first: bool = False
    time_reduction_stride: int = 1
    """Above 1, as in torchaudio's Conformer transducer: so many frames side by side, then a linear layer."""
    input_linear: str = ""
    ctc: str = ""
    """Name of the linear layer behind the encoder; none: the model has no CTC head."""
    prefix: str = ""
    """What stands before conformer_layers in the checkpoint."""


class FeedForward(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.sequential = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, hidden), nn.SiLU(), nn.Dropout(0.0),
                                        nn.Linear(hidden, width), nn.Dropout(0.0))

    def forward(self, x: Tensor) -> Tensor:
        return self.sequential(x)


class ConvolutionModule(nn.Module):
    def __init__(self, width: int, kernel: int, group_norm: bool) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(width)
        self.sequential = nn.Sequential(
            nn.Conv1d(width, 2 * width, 1), nn.GLU(dim=1),
            nn.Conv1d(width, width, kernel, padding=(kernel - 1) // 2, groups=width),
            nn.GroupNorm(1, width) if group_norm else nn.BatchNorm1d(width), nn.SiLU(),
            nn.Conv1d(width, width, 1), nn.Dropout(0.0))

    def forward(self, x: Tensor) -> Tensor:
        """x [B, T, d]"""
        return self.sequential(self.layer_norm(x).transpose(1, 2)).transpose(1, 2)


class ConformerLayer(nn.Module):
    def __init__(self, config: EncoderConfig, options: TorchaudioOptions) -> None:
        super().__init__()
        width = config.output_size
        self.ffn1 = FeedForward(width, config.linear_units)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.self_attn = nn.MultiheadAttention(width, config.attention_heads)
        self.conv_module = ConvolutionModule(width, config.cnn_module_kernel, options.use_group_norm)
        self.ffn2 = FeedForward(width, config.linear_units)
        self.final_layer_norm = nn.LayerNorm(width)
        self.convolution_first = options.convolution_first

    def forward(self, x: Tensor) -> Tensor:
        """x [B, T, d]"""
        x = x + 0.5 * self.ffn1(x)
        if self.convolution_first:
            x = x + self.conv_module(x)
        h = self.self_attn_layer_norm(x).transpose(0, 1)
        x = x + self.self_attn(h, h, h, need_weights=False)[0].transpose(0, 1)
        if not self.convolution_first:
            x = x + self.conv_module(x)
        return self.final_layer_norm(x + 0.5 * self.ffn2(x))


class TorchaudioEncoder(nn.Module):
    """In the place of ConformerEncoder: no positions, no norm behind the last layer, whole utterances only."""

    def __init__(self, config: EncoderConfig, options: TorchaudioOptions) -> None:
        super().__init__()
        self.stride = options.time_reduction_stride
        if self.stride > 1:
            self.input_linear = nn.Linear(self.stride * config.input_dim, config.output_size)
        self.conformer_layers = nn.ModuleList(ConformerLayer(config, options) for _ in range(config.num_blocks))

    def normalized(self, features: Tensor) -> Tensor:
        return features

    def tap_norm(self, x: Tensor) -> Tensor:
        return x

    def forward(self, features: Tensor) -> tuple[list[Tensor], Tensor]:
        """features [B, T, F] -> [H^0, layer 1, ..], each [B, T', d], and the last."""
        x = features
        if self.stride > 1:
            frames = x.shape[1] // self.stride
            x = self.input_linear(x[:, :frames * self.stride].reshape(x.shape[0], frames, -1))
        outputs = [x]
        for layer in self.conformer_layers:
            outputs.append(layer(outputs[-1]))
        return outputs, outputs[-1]


class TorchaudioQieemo(Qieemo):
    """A fusion over a torchaudio Conformer."""

    def __init__(self, config: EncoderConfig, fusion: FusionConfig | None, options: TorchaudioOptions) -> None:
        super().__init__(config, fusion)
        self.options = options
        self.encoder = TorchaudioEncoder(config, options)

    def trace(self, features: Tensor) -> dict[str, Tensor]:
        layers = super().trace(features)
        return {name: value for name, value in layers.items()
                if self.options.ctc or name not in ("ctc_logits", "ppg")}

    def checkpoint(self) -> dict[str, Tensor]:
        """Encoder and CTC head as a torchaudio user's checkpoint names them."""
        renames = {"encoder.input_linear.": f"{self.options.input_linear}.",
                   "encoder.conformer_layers.": f"{self.options.prefix}conformer_layers.",
                   "ctc.ctc_lo.": f"{self.options.ctc}."}
        tensors = {}
        for name, value in self.state_dict().items():
            for old, new in renames.items():
                if name.startswith(old) and (self.options.ctc or not name.startswith("ctc.")):
                    tensors[new + name[len(old):]] = value.detach().clone()
        return tensors


def document(config: EncoderConfig, options: TorchaudioOptions) -> dict[str, Any]:
    """config.yaml: the constructor's arguments, and what stands around the Conformer."""
    found = {"input_dim": config.output_size if options.time_reduction_stride > 1 else config.input_dim,
             "num_heads": config.attention_heads, "ffn_dim": config.linear_units, "num_layers": config.num_blocks,
             "depthwise_conv_kernel_size": config.cnn_module_kernel, "use_group_norm": options.use_group_norm,
             "convolution_first": options.convolution_first}
    if options.time_reduction_stride > 1:
        found |= {"time_reduction_stride": options.time_reduction_stride, "input_linear": options.input_linear}
    return found | ({"ctc": options.ctc} if options.ctc else {})
