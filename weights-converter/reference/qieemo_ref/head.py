"""Taps, fusion and head trained over a frozen backbone's cached outputs; leave-one-speaker-out evaluation."""
from __future__ import annotations

import math
import random
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .backbone import Streams
from .config import EncoderConfig, FusionConfig
from .data import pad
from .fusion import Fusion
from .metrics import scores
from .training import seed_everything, set_rate, warm_cosine


@dataclass
class HeadRecipe:
    """How the head is trained. The number of epochs is fixed: nothing is chosen on the held-out speaker."""

    epochs: int = 15
    batch: int = 32
    rate: float = 2e-3
    warm: float = 0.2
    """Share of the steps in which the rate rises; a cosine to zero follows. Negative: a constant rate."""
    weight_decay: float = 1e-2
    dropout: float = 0.1
    head_dropout: float = 0.3
    label_smoothing: float = 0.1
    copies: int = 3
    """Augmented copies beside the clean one."""
    frames: int = 24
    """Frames drawn per utterance and step, one from each of so many equal stretches."""


MAIN = HeadRecipe(epochs=50, batch=16, copies=4)
"""For the NeMo backbone; with taps 4, 5, 6, MMF `concat`, width 96 and `stats` pooling."""


def class_weights(labels: Tensor, classes: int) -> Tensor:
    """[K]: the square root of each class's inverse frequency."""
    counts = torch.bincount(labels, minlength=classes).clamp_min(1)
    return (counts.sum() / (classes * counts)).sqrt()


class PpgFusion(Fusion):
    """Fed with the PPG itself: it is the same at every step, so it is computed once."""

    def posteriorgram(self, ctc_logits: Tensor) -> Tensor:
        return ctc_logits


class FrozenCorpus:
    """The backbone's outputs for one fusion configuration, with labels and speakers."""

    def __init__(self, streams: Streams, encoder: EncoderConfig, fusion: FusionConfig, labels: list[int],
                 speakers: list[str]) -> None:
        self.streams, self.encoder, self.fusion = streams, encoder, fusion
        self.labels, self.speakers = torch.tensor(labels), speakers
        self.ppg = None
        if fusion.uses_ppg:
            with torch.no_grad():
                self.ppg = Fusion.posteriorgram(self.fresh(HeadRecipe()), streams.logits)

    def fresh(self, recipe: HeadRecipe) -> PpgFusion:
        return PpgFusion(self.fusion, self.encoder.output_size, self.encoder.vocab_size, self.encoder.blank,
                         recipe.dropout, recipe.head_dropout)

    def at(self, rows: Tensor) -> tuple[list[Tensor], Tensor | None]:
        return [block[rows] for block in self.streams.blocks], None if self.ppg is None else self.ppg[rows]

    def drawn(self, chosen: Tensor, frames: int, copies: int) -> tuple[list[Tensor], Tensor | None]:
        """A random copy and random frames of each utterance: [B, frames, ...], no padding."""
        copy = torch.randint(copies + 1, chosen.shape)
        starts, lengths = self.streams.starts[copy, chosen], self.streams.lengths[copy, chosen]
        share = (torch.arange(frames) + torch.rand(len(chosen), frames)) / frames
        offsets = torch.minimum((share * lengths[:, None]).long(), lengths[:, None] - 1)
        return self.at(starts[:, None] + offsets)

    def whole(self, chosen: list[int]) -> tuple[list[Tensor], Tensor | None, Tensor]:
        """Every frame of the clean utterances, padded, and the frames' validity [B, T]."""
        lengths = self.streams.lengths[0, chosen]
        offsets = torch.arange(int(lengths.max()))[None]
        rows = self.streams.starts[0, chosen][:, None] + torch.minimum(offsets, lengths[:, None] - 1)
        return *self.at(rows), offsets < lengths[:, None]


def train(corpus: FrozenCorpus, recipe: HeadRecipe, chosen: list[int], seed: int) -> tuple[PpgFusion, list[float]]:
    """A head trained on the utterances `chosen`, and the mean loss of each epoch."""
    seed_everything(seed)
    model = corpus.fresh(recipe).train()
    weight = class_weights(corpus.labels[chosen], len(corpus.fusion.labels))
    optimizer = torch.optim.AdamW([{"params": model.parameters(), "peak": recipe.rate}],
                                  lr=recipe.rate, weight_decay=recipe.weight_decay, fused=True)
    steps, step, losses = recipe.epochs * math.ceil(len(chosen) / recipe.batch), 0, []
    for _ in range(recipe.epochs):
        order, total = torch.tensor(random.sample(chosen, len(chosen))), 0.0
        for batch in order.split(recipe.batch):
            set_rate(optimizer, 1.0 if recipe.warm < 0 else warm_cosine(step / steps, max(recipe.warm, 1e-9)))
            logits = model(*corpus.drawn(batch, recipe.frames, recipe.copies))["logits"]
            loss = F.cross_entropy(logits, corpus.labels[batch], weight, label_smoothing=recipe.label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            step += 1
            total += loss.item() * len(batch)
        losses.append(total / len(chosen))
    return model.eval(), losses


@torch.no_grad()
def predict(corpus: FrozenCorpus, model: PpgFusion, chosen: list[int]) -> list[int]:
    """The label of each utterance, from all its frames."""
    by_length = sorted(chosen, key=lambda i: int(corpus.streams.lengths[0, i]))
    found = {}
    for first in range(0, len(by_length), 16):
        batch = by_length[first:first + 16]
        taps, ppg, valid = corpus.whole(batch)
        found |= dict(zip(batch, model(taps, ppg, valid)["logits"].argmax(-1).tolist()))
    return [found[i] for i in chosen]


@dataclass
class Fold:
    speaker: str
    seed: int
    model: PpgFusion | None
    """None for a fold of an earlier run."""
    losses: list[float]
    truth: list[int]
    found: list[int]


def run_fold(corpus: FrozenCorpus, recipe: HeadRecipe, speaker: str, seed: int) -> Fold:
    train_on = [i for i, s in enumerate(corpus.speakers) if s != speaker]
    test_on = [i for i, s in enumerate(corpus.speakers) if s == speaker]
    model, losses = train(corpus, recipe, train_on, seed)
    return Fold(speaker, seed, model, losses, corpus.labels[test_on].tolist(), predict(corpus, model, test_on))


def summary(folds: list[Fold], classes: int) -> dict[str, Any]:
    """Figures per seed over all held-out speakers together, their mean and sample deviation; per speaker the mean."""

    def of(chosen: list[Fold]) -> dict[str, Any]:
        return asdict(scores([y for f in chosen for y in f.truth], [y for f in chosen for y in f.found], classes))

    seeds, speakers = sorted({f.seed for f in folds}), sorted({f.speaker for f in folds})
    per_seed = {seed: of([f for f in folds if f.seed == seed]) for seed in seeds}
    result: dict[str, Any] = {}
    for key in ("ua", "wa", "macro_f1"):
        values = [per_seed[seed][key] for seed in seeds]
        result[key] = round(statistics.mean(values), 4)
        result[f"{key}_std"] = round(statistics.stdev(values), 4) if len(values) > 1 else None
        result[f"{key}_per_seed"] = {str(seed): round(value, 4) for seed, value in zip(seeds, values)}
    result["ua_per_speaker"] = {s: round(of([f for f in folds if f.speaker == s])["ua"], 4) for s in speakers}
    total = of(folds)
    return result | {"recalls": total["recalls"], "confusion_over_seeds": total["confusion"]}


def shortened(argument: str) -> str:
    """A command's argument for a results file: no machine's absolute path."""
    return Path(argument).name if Path(argument).is_absolute() else argument
