"""The fusion: taps, PPG, MMF, CMA, pooling and head. Parameter names follow docs/model-format.md behind `qieemo.`."""
from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .config import FusionConfig


class ProjectedStream(nn.Module):
    """norm(proj(x)): [B, T, in] -> [B, T, w]; P' and E' are made by one each."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.proj = nn.Linear(inputs, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.proj(x))


class Taps(nn.Module):
    """The emotion stream: one tapped block, or several mixed with softmax weights."""

    def __init__(self, count: int) -> None:
        super().__init__()
        if count > 1:
            self.weight = nn.Parameter(torch.zeros(count))

    def forward(self, tapped: list[Tensor]) -> Tensor:
        if len(tapped) == 1:
            return tapped[0]
        mix = torch.softmax(self.weight, dim=0)
        return sum(a * h for a, h in zip(mix, tapped, strict=True))


class MultimodalFusion(nn.Module):
    """M from P' and E', each [B, T, w]."""

    def __init__(self, kind: str, width: int) -> None:
        super().__init__()
        self.kind = kind
        if kind in ("concat", "gated"):
            self.proj = nn.Linear(2 * width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, ppg: Tensor, emotion: Tensor) -> Tensor:
        if self.kind == "sum":
            return self.norm(ppg + emotion)
        projected = self.proj(torch.cat([ppg, emotion], dim=-1))
        if self.kind == "concat":
            return self.norm(torch.relu(projected))
        gate = torch.sigmoid(projected)
        return self.norm(gate * ppg + (1 - gate) * emotion)


class CrossModalLayer(nn.Module):
    """One layer of CMA: attention from the query stream to the other, then a feed-forward net."""

    def __init__(self, config: FusionConfig, dropout: float) -> None:
        super().__init__()
        width, self.heads = config.width, config.cma_heads
        self.norm_before = config.cma_norm == "pre"
        for name in ("q", "k", "v", "out"):
            setattr(self, name, nn.Linear(width, width))
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, config.cma_ffn_width), nn.Linear(config.cma_ffn_width, width)
        self.dropout = nn.Dropout(dropout)

    def attend(self, query: Tensor, other: Tensor, valid: Tensor | None) -> Tensor:
        q, k, v = (linear(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
                   for linear, x in ((self.q, query), (self.k, other), (self.v, other)))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if valid is not None:
            scores = scores.masked_fill(~valid[:, None, None, :], torch.finfo(scores.dtype).min)
        return self.out((torch.softmax(scores, dim=-1) @ v).transpose(1, 2).flatten(2))

    def feed_forward(self, x: Tensor) -> Tensor:
        return self.down(self.dropout(torch.relu(self.up(x))))

    def forward(self, query: Tensor, other: Tensor, valid: Tensor | None) -> Tensor:
        if self.norm_before:
            x = query + self.dropout(self.attend(self.norm1(query), other, valid))
            return x + self.dropout(self.feed_forward(self.norm2(x)))
        x = self.norm1(query + self.dropout(self.attend(query, other, valid)))
        return self.norm2(x + self.dropout(self.feed_forward(x)))


class CrossModalStack(nn.Module):
    """Layers named 0, 1, ..; `pre` ends with final_norm."""

    def __init__(self, config: FusionConfig, dropout: float) -> None:
        super().__init__()
        self.layers = config.cma_layers
        for index in range(self.layers):
            self.add_module(str(index), CrossModalLayer(config, dropout))
        if config.cma_norm == "pre":
            self.final_norm = nn.LayerNorm(config.width)

    def forward(self, query: Tensor, other: Tensor, valid: Tensor | None) -> Tensor:
        for index in range(self.layers):
            query = self.get_submodule(str(index))(query, other, valid)
        return self.final_norm(query) if hasattr(self, "final_norm") else query


class AttentivePooling(nn.Module):
    """softmax_t(score(tanh(hidden(U_t)))): [B, T, n] -> weights [B, T]."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(inputs, width)
        self.score = nn.Linear(width, 1, bias=False)

    def forward(self, fused: Tensor, valid: Tensor | None) -> Tensor:
        scores = self.score(torch.tanh(self.hidden(fused))).squeeze(-1)
        if valid is not None:
            scores = scores.masked_fill(~valid, torch.finfo(scores.dtype).min)
        return torch.softmax(scores, dim=-1)


def mean_over_time(x: Tensor, valid: Tensor | None) -> Tensor:
    """[B, T, n] -> [B, n], over valid frames only."""
    if valid is None:
        return x.mean(dim=1)
    weights = valid.unsqueeze(-1).to(x)
    return (x * weights).sum(dim=1) / weights.sum(dim=1)


class Fusion(nn.Module):
    """From the encoder's blocks and CTC logits to utterance logits; `trace` collects every layer's output."""

    def __init__(self, config: FusionConfig, encoder_width: int, vocab_size: int, blank: int,
                 dropout: float = 0.0, head_dropout: float = 0.0) -> None:
        super().__init__()
        self.config, self.blank = config, blank
        width = config.width
        self.taps = Taps(len(config.taps_blocks))
        self.emotion = ProjectedStream(encoder_width, width)
        if config.uses_ppg:
            self.ppg = ProjectedStream(vocab_size if config.ppg_blank else vocab_size - 1, width)
        if config.mmf_kind != "off":
            self.mmf = MultimodalFusion(config.mmf_kind, width)
        self.cma = nn.ModuleDict({query: CrossModalStack(config, dropout) for query in config.cma_queries})
        n = config.head_width
        if config.pooling_kind == "attentive":
            self.pooling = AttentivePooling(n, config.pooling_attention_width)
        self.head = nn.Linear(2 * n if config.pooling_kind == "stats" else n, len(config.labels))
        self.dropout, self.head_dropout = nn.Dropout(dropout), nn.Dropout(head_dropout)

    def posteriorgram(self, ctc_logits: Tensor) -> Tensor:
        """[B, T, V] -> the PPG in the configured form, with or without the blank's column."""
        form = {"prob": lambda x: torch.softmax(x, -1), "log_prob": lambda x: torch.log_softmax(x, -1),
                "logits": lambda x: x}[self.config.ppg_form]
        ppg = form(ctc_logits)
        if self.config.ppg_blank:
            return ppg
        return torch.cat([ppg[..., :self.blank], ppg[..., self.blank + 1:]], dim=-1)

    def fused(self, emotion: Tensor, ppg: Tensor | None, valid: Tensor | None, trace: dict[str, Tensor]) -> Tensor:
        """U [B, T, n] from E' and P' [B, T, w]."""
        parts = []
        if self.config.mmf_kind != "off":
            trace["mmf"] = self.mmf(ppg, emotion)
            parts.append(trace["mmf"])
        for query, stack in self.cma.items():
            first, other = (emotion, ppg) if query == "emotion" else (ppg, emotion)
            trace[f"cma_{query}"] = stack(first, other, valid)
            parts.append(trace[f"cma_{query}"])
        return torch.cat(parts, dim=-1) if parts else emotion

    def pooled_logits(self, fused: Tensor, valid: Tensor | None, trace: dict[str, Tensor]) -> Tensor:
        """U -> z [B, K]."""
        kind = self.config.pooling_kind
        if kind == "stats":
            mean = mean_over_time(fused, valid)
            variance = mean_over_time((fused - mean.unsqueeze(1)).square(), valid)
            return self.head(torch.cat([mean, (variance + 1e-5).sqrt()], dim=-1))
        trace["frame_logits"] = self.head(fused)
        if kind == "attentive":
            weights = self.pooling(fused, valid)
            return self.head((weights.unsqueeze(-1) * fused).sum(dim=1))
        if kind == "mean_softmax":
            return mean_over_time(torch.softmax(trace["frame_logits"], -1), valid).log()
        return mean_over_time(trace["frame_logits"], valid)

    def probabilities(self, logits: Tensor) -> Tensor:
        logits = logits / self.config.temperature
        if self.config.prior_tau:
            logits = logits - self.config.prior_tau * torch.tensor(self.config.prior_probabilities).to(logits).log()
        return torch.softmax(logits, dim=-1)

    def forward(self, tapped: list[Tensor], ctc_logits: Tensor, valid: Tensor | None = None) -> dict[str, Tensor]:
        """tapped: |S| tensors [B, T, d]; ctc_logits [B, T, V]; valid [B, T]. Returns every layer."""
        trace: dict[str, Tensor] = {}
        projected = None
        if self.config.uses_ppg:
            projected = trace["ppg_projected"] = self.ppg(self.posteriorgram(ctc_logits))
        trace["emotion"] = self.emotion(self.taps(tapped))
        streams = [self.dropout(x) if x is not None else None for x in (trace["emotion"], projected)]
        trace["fused"] = self.fused(*streams, valid, trace)
        trace["logits"] = self.pooled_logits(self.head_dropout(trace["fused"]), valid, trace)
        trace["probabilities"] = self.probabilities(trace["logits"])
        if "frame_logits" in trace:
            trace["frame_probabilities"] = self.probabilities(trace["frame_logits"])
        return trace
