"""What both training stages share: a learning-rate schedule by wall clock, SpecAugment, logs and checkpoints."""
from __future__ import annotations

import json
import math
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor


def seed_everything(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def warm_cosine(progress: float, warm: float = 0.06) -> float:
    """The factor of the peak rate at `progress` in [0, 1]: linear up, then a cosine down to zero."""
    if progress < warm:
        return progress / warm
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warm) / (1 - warm))))


def set_rate(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Scales each group's `peak` rate."""
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor


def spec_augment(features: Tensor, fill: Tensor, frequency: int, frames: int, masks: int) -> Tensor:
    """[T, F] -> the same with `masks` masked bands and stretches, filled with the corpus mean [F]."""
    features = features.clone()
    length, bins = features.shape
    for _ in range(masks):
        width = random.randint(0, min(frequency, bins // 2))
        low = random.randint(0, bins - width)
        features[:, low:low + width] = fill[low:low + width]
        span = random.randint(0, min(frames, length // 5))
        first = random.randint(0, length - span)
        features[first:first + span] = fill
    return features


def add_noise(features: Tensor) -> Tensor:
    """[T, F] log mel energies with a steady noise of a random, smooth spectrum, 5 to 30 dB below the mean level."""
    level = features.mean() - random.uniform(5.0, 30.0) * math.log(10) / 10
    bend = torch.randn(5) * 1.5
    spectrum = torch.nn.functional.interpolate(bend[None, None], features.shape[1], mode="linear", align_corners=True)
    return torch.logaddexp(features, level + spectrum[0] + 0.5 * torch.randn_like(features))


def stretch_time(features: Tensor, factor: float) -> Tensor:
    """[T, F] -> [round(T / factor), F], linearly interpolated: tempo without pitch."""
    length = max(8, round(len(features) / factor))
    return torch.nn.functional.interpolate(features.t().unsqueeze(0), size=length, mode="linear",
                                           align_corners=False)[0].t()


class Log:
    """Progress lines on stdout, and a learning curve as JSON (and PNG) beside the checkpoint."""

    def __init__(self, folder: Path, name: str) -> None:
        self.file, self.image = folder / f"{name}.json", folder / f"{name}.png"
        self.points: list[dict[str, float]] = json.loads(self.file.read_text()) if self.file.exists() else []

    def add(self, **point: float) -> None:
        self.points.append(point)
        print(time.strftime("%X"), " ".join(f"{key}={value:.4g}" for key, value in point.items()), flush=True)

    def save(self) -> None:
        self.file.write_text(json.dumps(self.points, indent=1) + "\n", encoding="utf-8")

    def plot(self, horizontal: str, vertical: list[str]) -> None:
        import matplotlib
        matplotlib.use("Agg")
        from matplotlib import pyplot
        figure, axes = pyplot.subplots(figsize=(7, 4))
        for key in vertical:
            chosen = [p for p in self.points if key in p]
            axes.plot([p[horizontal] for p in chosen], [p[key] for p in chosen], label=key)
        axes.set_xlabel(horizontal)
        axes.legend()
        axes.grid(True)
        figure.savefig(self.image, dpi=100)
        pyplot.close(figure)


def save_checkpoint(path: Path, **state: Any) -> None:
    """Written beside and renamed, so that a killed run never leaves half a file."""
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)
