"""Position encodings of the Conformer families, and the shift that makes relative ones relative."""
from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

RELATIVE_POSITIONS = ("wenet", "relative", "legacy")
LEGACY_LENGTH = 5000


def encode(positions: Tensor, width: int) -> Tensor:
    """[R] positions -> [R, width] in float32: sines in the even columns, cosines in the odd ones."""
    rates = torch.exp(torch.arange(0, width, 2, dtype=torch.float32) * -(math.log(10000.0) / width))
    angles = positions.float()[:, None] * rates
    return torch.stack([torch.sin(angles), torch.cos(angles)], dim=-1).flatten(1)


def absolute_table(frames: int, width: int) -> Tensor:
    return encode(torch.arange(frames), width)


def position_table(kind: str, frames: int, width: int) -> Tensor | None:
    """The rows that linear_pos sees: [T, d], [2T-1, d] for `relative`, or None."""
    if kind == "wenet":
        return absolute_table(frames, width)
    if kind == "relative":
        return encode(frames - 1 - torch.arange(2 * frames - 1), width)
    if kind == "legacy":
        longest = max(LEGACY_LENGTH, frames)
        return encode(longest - 1 - torch.arange(frames), width)
    return None


def attention_scores(kind: str, by_content: Tensor, keys: Tensor, by_position: Tensor, position: Tensor) -> Tensor:
    """Scores [B, h, T, T] of queries q + u and q + v, keys [B, h, T, dk] and position rows [1, h, R, dk]."""
    if kind == "wenet":
        both = torch.cat([keys, position.expand_as(keys)], dim=-1)
        return torch.cat([by_content, by_position], dim=-1) @ both.transpose(-2, -1)
    return by_content @ keys.transpose(-2, -1) + shifted(kind, by_position @ position.transpose(-2, -1))


def shifted(kind: str, scores: Tensor) -> Tensor:
    """[B, h, T, R] by position row -> [B, h, T, T] by key."""
    if kind == "relative":
        return relative_shift(scores)
    frames = scores.shape[-2]
    return legacy_shift(scores, torch.arange(frames)[:, None], torch.arange(frames)[None, :])


def relative_shift(scores: Tensor) -> Tensor:
    """[B, h, T, 2T-1] -> [B, h, T, T]: row i loses its first T-1-i columns.

    Transformer-XL's pad and reshape: exporters can trace it for any T, and engines run it fast.
    """
    batch, heads, frames, columns = (scores.shape[axis] for axis in range(4))
    padded = F.pad(scores, (1, 0)).view(batch, heads, columns + 1, frames)
    return padded[:, :, 1:].reshape(batch, heads, frames, columns)[..., :frames]


def legacy_shift(scores: Tensor, row: Tensor, column: Tensor) -> Tensor:
    """ESPnet's first relative shift of [.., T, T], which wraps into the next row right of the diagonal."""
    frames = scores.shape[-1]
    padded = torch.cat([scores, scores.new_zeros(*scores.shape[:-2], 1, frames)], dim=-2)
    past = column <= row
    source_row = torch.where(past, row, row + 1)
    source_column = torch.where(past, frames - 1 - row + column, column - row - 2)
    shifted = padded[..., source_row, source_column.clamp_min(0)]
    return shifted.masked_fill(column == row + 1, 0.0)
