"""Stage 2: the fusion and head trained on emotion-labelled speech, over a frozen or a slowly tuned encoder."""
from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .config import FusionConfig
from .data import FeatureCache, Utterance, pad
from .model import AsrModel, Qieemo
from .training import seed_everything, set_rate, spec_augment, stretch_time, warm_cosine


@dataclass
class Recipe:
    """How stage 2 is trained."""

    epochs: int = 25
    batch: int = 16
    rate: float = 1e-3
    tune_epochs: int = 0
    """Epochs with the encoder in the loop, after those with the encoder frozen."""
    tune_rate: float = 2e-4
    encoder_rate: float = 1e-4
    """The encoder's peak rate in those epochs."""
    weight_decay: float = 1e-2
    dropout: float = 0.1
    head_dropout: float = 0.3
    label_smoothing: float = 0.1
    copies: int = 4
    """Augmented copies of the training set that a frozen encoder sees, beside the clean one."""
    masks: int = 1
    tempo: float = 0.1
    gain: float = 0.7
    """Standard deviation of the level jitter, in nats of mel energy."""


@dataclass
class Encoded:
    """What the fusion needs of one utterance: |S| x [T', d], and the CTC logits [T', V]."""

    tapped: list[Tensor]
    ctc_logits: Tensor


@dataclass
class EmotionData:
    cache: FeatureCache
    fill: Tensor
    """The encoder's CMVN mean, [F]: what masks are filled with."""
    recipe: Recipe

    def augmented(self, utterance: Utterance) -> Tensor:
        """[T, F]: another tempo, another level, masks."""
        recipe, features = self.recipe, self.cache.features(utterance)
        if recipe.tempo:
            features = stretch_time(features, 1 + random.uniform(-recipe.tempo, recipe.tempo))
        features = features + random.gauss(0, recipe.gain)
        return spec_augment(features, self.fill, 10, 20, recipe.masks)

    def speakers(self) -> list[str]:
        return sorted({u.speaker for u in self.cache.utterances})


@torch.no_grad()
def encode(model: Qieemo, features: list[Tensor]) -> list[Encoded]:
    """Runs the frozen encoder, one utterance at a time."""
    model.encoder.eval()
    encoded = []
    for one in features:
        outputs, last = model.encoder(one.unsqueeze(0))
        encoded.append(Encoded([h[0] for h in model.tapped(outputs)], model.ctc(last)[0]))
    return encoded


class FrozenStreams:
    """The encoder's outputs for every utterance, clean and in augmented copies; computed once for all folds."""

    def __init__(self, model: Qieemo, data: EmotionData) -> None:
        utterances = data.cache.utterances
        self.copies = [encode(model, [data.cache.features(u) for u in utterances])]
        for _ in range(data.recipe.copies):
            self.copies.append(encode(model, [data.augmented(u) for u in utterances]))

    def batch(self, indices: list[int]) -> tuple[list[Tensor], Tensor, Tensor]:
        """A random copy of each utterance, padded: taps, CTC logits, validity [B, T']."""
        return collate([random.choice(self.copies)[i] for i in indices])


def collate(items: list[Encoded]) -> tuple[list[Tensor], Tensor, Tensor]:
    lengths = torch.tensor([len(item.ctc_logits) for item in items])
    taps = [pad([item.tapped[s] for item in items]) for s in range(len(items[0].tapped))]
    valid = torch.arange(int(lengths.max()))[None] < lengths[:, None]
    return taps, pad([item.ctc_logits for item in items]), valid


class TunedStreams:
    """The encoder in the loop: gradients reach the blocks up to the last tap, and the PPG's path stays as it is.

    Batch norms keep their running statistics.
    """

    def __init__(self, model: Qieemo, data: EmotionData) -> None:
        self.model, self.data = model, data
        self.last_tap = max(model.fusion_config.taps_blocks)

    def parameters(self) -> list[nn.Parameter]:
        """Those of the subsampling and of the blocks up to the last tap; all others are frozen."""
        encoder = self.model.encoder
        tuned = [*encoder.embed.parameters(), *encoder.encoders[:self.last_tap].parameters()]
        encoder.requires_grad_(False)
        self.model.ctc.requires_grad_(False)
        for parameter in tuned:
            parameter.requires_grad_(True)
        return tuned

    def batch(self, indices: list[int]) -> tuple[list[Tensor], Tensor, Tensor]:
        features = [self.data.augmented(self.data.cache.utterances[i]) for i in indices]
        lengths = torch.tensor([self.model.encoder.embed.length(len(f)) for f in features])
        self.model.encoder.eval()
        outputs, last = self.model.encoder(pad(features), lengths, detach_after=self.last_tap)
        valid = torch.arange(last.shape[1])[None] < lengths[:, None]
        return self.model.tapped(outputs), self.model.ctc(last), valid


def build(stage1: AsrModel, fusion: FusionConfig, recipe: Recipe) -> Qieemo:
    """A model with stage 1's encoder and a fresh fusion."""
    model = Qieemo(stage1.config, fusion, recipe.dropout, recipe.head_dropout)
    model.load_state_dict(stage1.state_dict(), strict=False)
    return model


def class_weights(labels: Tensor, classes: int) -> Tensor:
    """[K]: the square root of each class's inverse frequency."""
    counts = torch.bincount(labels, minlength=classes).clamp_min(1)
    return (counts.sum() / (classes * counts)).sqrt()


def fit(model: Qieemo, streams: FrozenStreams | TunedStreams, groups: list[dict], labels: Tensor, train: list[int],
        epochs: int, recipe: Recipe) -> list[float]:
    """Trains the parameter groups on the utterances whose indices are `train`; the mean loss of each epoch."""
    weight = class_weights(labels[train], len(model.fusion_config.labels))
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay, fused=True)
    steps = epochs * math.ceil(len(train) / recipe.batch)
    losses, step = [], 0
    model.qieemo.train()
    for _ in range(epochs):
        order = random.sample(train, len(train))
        total = 0.0
        for first in range(0, len(order), recipe.batch):
            chosen = order[first:first + recipe.batch]
            set_rate(optimizer, warm_cosine(step / steps, warm=0.2))
            logits = model.qieemo(*streams.batch(chosen))["logits"]
            loss = F.cross_entropy(logits, labels[chosen], weight, label_smoothing=recipe.label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            step += 1
            total += loss.item() * len(chosen)
        losses.append(total / len(train))
    return losses


def train_model(model: Qieemo, data: EmotionData, frozen: FrozenStreams, train: list[int]) -> list[float]:
    """The fusion over the frozen encoder, then, where the recipe says so, both together."""
    recipe, labels = data.recipe, torch.tensor([u.label for u in data.cache.utterances])
    head = list(model.qieemo.parameters())
    losses = fit(model, frozen, [{"params": head, "peak": recipe.rate}], labels, train, recipe.epochs, recipe)
    if recipe.tune_epochs:
        streams = TunedStreams(model, data)
        groups = [{"params": head, "peak": recipe.tune_rate},
                  {"params": streams.parameters(), "peak": recipe.encoder_rate}]
        losses += fit(model, streams, groups, labels, train, recipe.tune_epochs, recipe)
    return losses


@torch.no_grad()
def predict(model: Qieemo, items: list[Encoded]) -> list[int]:
    model.qieemo.eval()
    return [int(model.qieemo(*collate([item])[:2])["logits"].argmax()) for item in items]


def fold_predictions(stage1: AsrModel, fusion: FusionConfig, data: EmotionData, frozen: FrozenStreams,
                     speaker: str, seed: int) -> list[tuple[int, int]]:
    """Trains without one speaker; (truth, prediction) of each of that speaker's utterances."""
    begin = time.monotonic()
    seed_everything(seed)
    utterances = data.cache.utterances
    train = [i for i, u in enumerate(utterances) if u.speaker != speaker]
    test = [i for i, u in enumerate(utterances) if u.speaker == speaker]
    model = build(stage1, fusion, data.recipe)
    losses = train_model(model, data, frozen, train)
    clean = [frozen.copies[0][i] for i in test]
    if data.recipe.tune_epochs:
        clean = encode(model, [data.cache.features(utterances[i]) for i in test])
    truth, found = [utterances[i].label for i in test], predict(model, clean)
    right = sum(a == b for a, b in zip(truth, found))
    print(f"{time.strftime('%X')} without speaker {speaker}, seed {seed}: loss {losses[0]:.3f} -> {losses[-1]:.3f}, "
          f"right {right}/{len(test)}, {time.monotonic() - begin:.0f} s", flush=True)
    return list(zip(truth, found))
