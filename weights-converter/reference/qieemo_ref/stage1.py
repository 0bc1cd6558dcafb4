"""Stage 1's data and losses: speech with its text, and a frozen teacher's outputs to regress on."""
from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .data import LIBRISPEECH_DEV_SPEAKERS, FeatureCache, Utterance, encode_text, pad
from .frontend import per_feature
from .model import AsrModel
from .training import add_noise, spec_augment

FRAMES_PER_SECOND = 25
TEACHER_OFFSET = 1
"""Teacher frame t + 1 is centred where the student's frame t is: 640 t + 680 and 640 (t + 1) + 80 samples."""


@dataclass
class Example:
    features: Tensor
    tokens: list[int]
    teacher: Tensor | None


class Corpus:
    """Training and development utterances with cached features and, optionally, the teacher's outputs."""

    def __init__(self, cache: Path, names: list[str], teacher: bool, longest: int) -> None:
        self.caches = {name: FeatureCache(cache, name) for name in names}
        self.teachers = {name: FeatureCache(cache, f"{name}-teacher") for name in names} if teacher else {}
        self.teacher_of = {name: {u.name: u for u in c.utterances} for name, c in self.teachers.items()}
        everything = [(name, u) for name, c in self.caches.items() for u in c.utterances if 40 <= u.frames <= longest]
        self.train = [pair for pair in everything if pair[1].speaker not in LIBRISPEECH_DEV_SPEAKERS]
        self.dev = [pair for pair in everything if pair[0] == "librispeech" and pair[1].speaker in LIBRISPEECH_DEV_SPEAKERS]

    def example(self, corpus: str, utterance: Utterance) -> Example:
        teacher = None
        if self.teachers:
            teacher = self.teachers[corpus].features(self.teacher_of[corpus][utterance.name])
        return Example(self.caches[corpus].features(utterance), encode_text(utterance.text), teacher)

    def teacher_scale(self) -> tuple[Tensor, Tensor]:
        """Mean and inverse deviation of the teacher's outputs."""
        rows = torch.cat(self.teacher_samples())
        return rows.mean(0), 1.0 / rows.std(0)

    def teacher_samples(self) -> list[Tensor]:
        chosen = random.Random(0).sample(self.train, min(500, len(self.train)))
        return [self.example(name, u).teacher for name, u in chosen]

    def batches(self, frames: int, shortest_first: bool) -> list[list[tuple[str, Utterance]]]:
        """Batches of similar lengths, each of about `frames` padded frames; shuffled, or short ones first."""
        order = sorted(self.train, key=lambda pair: pair[1].frames * random.uniform(0.9, 1.1))
        batches: list[list[tuple[str, Utterance]]] = [[]]
        for pair in order:
            if batches[-1] and (len(batches[-1]) + 1) * pair[1].frames > frames:
                batches.append([])
            batches[-1].append(pair)
        if not shortest_first:
            random.shuffle(batches)
        return batches


class Teaching(nn.Module):
    """Regression of two layers of the student on two standardised layers of the teacher; not part of the model.

    What a voice carries beside its words changes slowly, and has little weight in an error per frame: the error of
    the means over one second of the first layer is a loss of its own, relative to the spread of those means.
    """

    def __init__(self, width: int, corpus: Corpus) -> None:
        super().__init__()
        scale = corpus.teacher_scale()
        self.register_buffer("mean", scale[0])
        self.register_buffer("inverse", scale[1])
        self.maps = nn.ModuleList(nn.Linear(width, len(scale[0]) // 2) for _ in range(2))
        slow = torch.cat([seconds((t - scale[0]) * scale[1]) for t in corpus.teacher_samples()])
        self.register_buffer("slow_variance", slow.var(0).chunk(2)[0], persistent=False)

    def forward(self, students: list[Tensor], teachers: list[Tensor], lengths: Tensor) -> list[Tensor]:
        """students: one or two [B, T', d]; teachers: [T'', 2 * 176] per utterance.

        Each student's error per frame, then the first one's per second.
        """
        targets = pad([((t - self.mean) * self.inverse)[TEACHER_OFFSET:] for t in teachers])
        frames = min(targets.shape[1], students[0].shape[1])
        valid = torch.arange(frames)[None] < lengths[:, None]
        errors = [mapping(student[:, :frames]) - target for mapping, student, target in
                  zip(self.maps, students, targets[:, :frames].chunk(2, dim=-1))]
        slow = torch.cat([seconds(error[:length]) for error, length in zip(errors[0], lengths)])
        return [e[valid].square().mean() for e in errors] + [(slow.square() / self.slow_variance).mean()]


def seconds(rows: Tensor) -> Tensor:
    """[T', n] -> [T' // 25, n]: the means over each whole second."""
    whole = len(rows) // FRAMES_PER_SECOND
    return rows[:whole * FRAMES_PER_SECOND].unflatten(0, (whole, FRAMES_PER_SECOND)).mean(1)


def augmented(features: Tensor, noise: float, masks: int, width: int = 12, span: int = 25) -> Tensor:
    """[T, F] normalised, with noise for the share `noise`, and masked bands and stretches at the mean, which is 0."""
    normalized = per_feature(add_noise(features) if random.random() < noise else features, unbiased=False)
    return spec_augment(normalized, torch.zeros(normalized.shape[1]), width, span, masks)


@dataclass
class Encoded:
    """A batch through the encoder: the student's layer for the teacher's first block, the last one, the lengths."""

    student: Tensor
    encoded: Tensor
    lengths: Tensor


def encode(model: AsrModel, features: list[Tensor], student_block: int, detach_after: int | None = None,
           blocks: int | None = None) -> Encoded:
    """features: [T, F] per utterance, normalised. With `blocks` only so many are run."""
    lengths = torch.tensor([model.encoder.embed.length(len(f)) for f in features])
    outputs, encoded = model.encoder(pad(features), lengths, detach_after, normalized=True, blocks=blocks)
    return Encoded(outputs[student_block], encoded, lengths)


def ctc_loss(model: AsrModel, batch: Encoded, tokens: list[list[int]]) -> Tensor:
    """Per token of the batch."""
    log_probabilities = model.ctc(batch.encoded).log_softmax(-1).transpose(0, 1)
    flat = torch.tensor([token for one in tokens for token in one])
    counts = torch.tensor([len(one) for one in tokens])
    total = F.ctc_loss(log_probabilities, flat, batch.lengths, counts, reduction="sum", zero_infinity=True)
    return total / counts.sum()
