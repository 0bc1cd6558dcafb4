"""A Conformer encoder whose parameters carry WeNet's names; docs/model-format.md lists its options."""
from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import EncoderConfig
from .frontend import per_feature
from .positions import RELATIVE_POSITIONS, absolute_table, attention_scores, position_table

ACTIVATIONS = {"swish": F.silu, "relu": F.relu}
CONV_NORM_EPS = 1e-5
KERNELS = {"conv2d": [(3, 2), (3, 2)], "conv2d6": [(3, 2), (5, 3)], "conv2d8": [(3, 2)] * 3,
           "striding": [(3, 2), (3, 2)]}


def strided(length: int, kernel: int, stride: int, padding: int) -> int:
    return (length + 2 * padding - kernel) // stride + 1


class Subsampling(nn.Module):
    """[B, T, F] -> [B, T', d]. WeNet's names: conv.0/2/4, then out.0 or linear."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.kind = config.input_layer
        self.padding = 1 if self.kind == "striding" else 0
        d, channels = config.output_size, config.subsampling_channels
        if self.kind == "linear":
            self.out = nn.Sequential(nn.Linear(config.input_dim, d), nn.LayerNorm(d, eps=config.norm_eps))
            return
        layers: list[nn.Module] = []
        for kernel, stride in KERNELS[self.kind]:
            layers += [nn.Conv2d(channels if layers else 1, channels, kernel, stride, self.padding), nn.ReLU()]
        self.conv = nn.Sequential(*layers)
        projection = nn.Linear(channels * self.length(config.input_dim), d)
        if self.kind in ("conv2d6", "conv2d8"):
            self.linear = projection
        else:
            self.out = nn.Sequential(projection)

    def length(self, length: int) -> int:
        """T' for T (and F' for F)."""
        for kernel, stride in KERNELS.get(self.kind, []):
            length = strided(length, kernel, stride, self.padding)
        return length

    def forward(self, x: Tensor) -> Tensor:
        if self.kind == "linear":
            return self.out(x)
        x = self.conv(x.unsqueeze(1))
        x = x.transpose(1, 2).flatten(2)
        return self.linear(x) if hasattr(self, "linear") else self.out(x)


class FeedForward(nn.Module):
    def __init__(self, config: EncoderConfig, dropout: float) -> None:
        super().__init__()
        self.w_1 = nn.Linear(config.output_size, config.linear_units)
        self.w_2 = nn.Linear(config.linear_units, config.output_size)
        self.activation = ACTIVATIONS[config.activation_type]
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        return self.w_2(self.dropout(self.activation(self.w_1(x))))


class Attention(nn.Module):
    """Self-attention of one utterance set; with linear_pos and the two biases for the relative kinds."""

    def __init__(self, config: EncoderConfig, dropout: float) -> None:
        super().__init__()
        d, self.heads = config.output_size, config.attention_heads
        self.kind = config.position
        for name in ("linear_q", "linear_k", "linear_v", "linear_out"):
            setattr(self, name, nn.Linear(d, d))
        if self.kind in RELATIVE_POSITIONS:
            self.linear_pos = nn.Linear(d, d, bias=False)
            self.pos_bias_u = nn.Parameter(torch.empty(self.heads, d // self.heads))
            self.pos_bias_v = nn.Parameter(torch.empty(self.heads, d // self.heads))
            nn.init.xavier_uniform_(self.pos_bias_u)
            nn.init.xavier_uniform_(self.pos_bias_v)
        self.dropout = nn.Dropout(dropout)

    def split(self, x: Tensor) -> Tensor:
        """[B, T, d] -> [B, h, T, d/h]; the ONNX exporter would fix T behind unflatten"""
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x: Tensor, positions: Tensor | None, mask: Tensor | None) -> Tensor:
        """x [B, T, d]; positions [R, d]; mask, true where allowed, broadcastable to [B, 1, T, T].

        Every row may attend at least one frame, so no row is masked as a whole.
        """
        q, k, v = (self.split(linear(x)) for linear in (self.linear_q, self.linear_k, self.linear_v))
        scale = 1.0 / math.sqrt(q.shape[-1])
        if positions is None:
            scores = (q * scale) @ k.transpose(-2, -1)
        else:
            p = self.split(self.linear_pos(positions).unsqueeze(0))
            by_content, by_position = (scale * (q + bias[:, None]) for bias in (self.pos_bias_u, self.pos_bias_v))
            scores = attention_scores(self.kind, by_content, k, by_position, p)
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        context = self.dropout(torch.softmax(scores, dim=-1)) @ v
        return self.linear_out(context.transpose(1, 2).flatten(2))


class ConvolutionModule(nn.Module):
    """pointwise, GLU, depthwise, norm, activation, pointwise.

    The convolution's own norm keeps eps 1e-5 whatever norm_eps is, as WeNet and ESPnet have it.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        d, kernel = config.output_size, config.cnn_module_kernel
        self.causal, self.kernel = config.causal, kernel
        self.pointwise_conv1 = nn.Conv1d(d, 2 * d, 1)
        self.depthwise_conv = nn.Conv1d(d, d, kernel, padding=0 if self.causal else (kernel - 1) // 2, groups=d)
        self.batched = config.cnn_module_norm == "batch_norm"
        self.norm = nn.BatchNorm1d(d, CONV_NORM_EPS) if self.batched else nn.LayerNorm(d, CONV_NORM_EPS)
        self.pointwise_conv2 = nn.Conv1d(d, d, 1)
        self.activation = ACTIVATIONS[config.activation_type]

    def forward(self, x: Tensor, valid: Tensor | None) -> Tensor:
        """x [B, T, d]; valid [B, T], true at real frames. Causal padding precedes the first pointwise layer."""
        if self.causal:
            x = F.pad(x, (0, 0, self.kernel - 1, 0))
        x = F.glu(F.linear(x, self.pointwise_conv1.weight[..., 0], self.pointwise_conv1.bias), dim=-1)
        if valid is not None and not self.causal:
            x = x * valid.unsqueeze(-1)
        x = self.depthwise_conv(x.transpose(1, 2))
        x = self.norm(x) if self.batched else self.norm(x.transpose(1, 2)).transpose(1, 2)
        x = self.activation(x).transpose(1, 2)
        return F.linear(x, self.pointwise_conv2.weight[..., 0], self.pointwise_conv2.bias)


class Block(nn.Module):
    def __init__(self, config: EncoderConfig, dropout: float) -> None:
        super().__init__()
        self.norm_first = config.normalize_before
        self.scale = 0.5 if config.macaron_style else 1.0
        self.dropout = nn.Dropout(dropout)
        norms = ["norm_ff", "norm_mha"]
        self.feed_forward = FeedForward(config, dropout)
        self.self_attn = Attention(config, dropout)
        self.feed_forward_macaron = FeedForward(config, dropout) if config.macaron_style else None
        self.conv_module = ConvolutionModule(config) if config.use_cnn_module else None
        norms += ["norm_ff_macaron"] if config.macaron_style else []
        norms += ["norm_conv", "norm_final"] if config.use_cnn_module else []
        for name in norms:
            setattr(self, name, nn.LayerNorm(config.output_size, eps=config.norm_eps))

    def residual(self, x: Tensor, norm: nn.Module, scale: float, module: nn.Module, *context: Tensor | None) -> Tensor:
        if self.norm_first:
            return x + scale * self.dropout(module(norm(x), *context))
        return norm(x + scale * self.dropout(module(x, *context)))

    def forward(self, x: Tensor, positions: Tensor | None, mask: Tensor | None, valid: Tensor | None) -> Tensor:
        if self.feed_forward_macaron is not None:
            x = self.residual(x, self.norm_ff_macaron, self.scale, self.feed_forward_macaron)
        x = self.residual(x, self.norm_mha, 1.0, self.self_attn, positions, mask)
        if self.conv_module is not None:
            x = self.residual(x, self.norm_conv, 1.0, self.conv_module, valid)
        x = self.residual(x, self.norm_ff, self.scale, self.feed_forward)
        return self.norm_final(x) if self.conv_module is not None else x


class GlobalCmvn(nn.Module):
    def __init__(self, bins: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(bins))
        self.register_buffer("istd", torch.ones(bins))

    def forward(self, x: Tensor) -> Tensor:
        return (x - self.mean) * self.istd


def chunk_mask(frames: int, chunk: int, left: int) -> Tensor:
    """[T', T'], true where row i may attend: its own chunk and `left` chunks before it (negative: all)."""
    own = torch.arange(frames) // chunk
    mask = own[None, :] <= own[:, None]
    return mask if left < 0 else mask & (own[None, :] >= own[:, None] - left)


class ConformerEncoder(nn.Module):
    def __init__(self, config: EncoderConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        if config.normalization == "global":
            self.global_cmvn = GlobalCmvn(config.input_dim)
        self.embed = Subsampling(config)
        self.encoders = nn.ModuleList(Block(config, dropout) for _ in range(config.num_blocks))
        if config.after_norm:
            self.after_norm = nn.LayerNorm(config.output_size, eps=config.norm_eps)
        self.dropout = nn.Dropout(dropout)

    def normalized(self, features: Tensor) -> Tensor:
        """[B, T, F]; `per_feature` (NeMo) knows no padding here, so its batches hold one utterance."""
        if self.config.normalization == "per_feature":
            return torch.stack([per_feature(one) for one in features])
        if self.config.normalization == "per_feature_population":
            return torch.stack([per_feature(one, unbiased=False) for one in features])
        return self.global_cmvn(features) if self.config.normalization == "global" else features

    def masks(self, frames: int, lengths: Tensor | None) -> tuple[Tensor | None, Tensor | None]:
        """The attention mask ([B, 1, T', T'] or [T', T']) and the frames' validity [B, T'] of a padded batch."""
        chunk = self.config.static_chunk_size
        mask = chunk_mask(frames, chunk, self.config.num_left_chunks) if chunk > 0 else None
        if lengths is None:
            return mask, None
        valid = torch.arange(frames)[None] < lengths[:, None]
        keys = valid[:, None, None, :]
        return keys if mask is None else mask & keys, valid

    def embedded(self, features: Tensor) -> Tensor:
        """The input of block 1: subsampled, scaled and, for absolute positions, with them."""
        x = self.embed(features)
        if self.config.input_scale:
            x = x * math.sqrt(self.config.output_size)
        if self.config.position == "absolute":
            x = x + absolute_table(x.shape[1], x.shape[2]).to(x)
        return x

    def forward(self, features: Tensor, lengths: Tensor | None = None,
                detach_after: int | None = None, normalized: bool = False,
                blocks: int | None = None) -> tuple[list[Tensor], Tensor]:
        """features [B, T, F] before CMVN (or `normalized` already), lengths [B] of valid frames after subsampling.

        Returns [subsampled, block 1, .., block L] and the encoder's output, each [B, T', d].
        No gradient flows back from the blocks behind block `detach_after`; those behind block `blocks` are not run.
        """
        x = self.dropout(self.embedded(features if normalized else self.normalized(features)))
        mask, valid = self.masks(x.shape[1], lengths)
        positions = position_table(self.config.position, x.shape[1], x.shape[2])
        positions = positions.to(x) if positions is not None else None
        outputs = [x]
        for index, block in enumerate(self.encoders[:blocks]):
            x = outputs[-1].detach() if index == detach_after else outputs[-1]
            outputs.append(block(x, positions, mask, valid))
        return outputs, self.tap_norm(outputs[-1])

    def tap_norm(self, x: Tensor) -> Tensor:
        return self.after_norm(x) if self.config.after_norm else x
