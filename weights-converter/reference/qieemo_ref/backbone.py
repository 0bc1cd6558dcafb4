"""A frozen backbone of any family, and its block outputs cached on disk: one run of the encoder for all heads."""
from __future__ import annotations

import json
import random
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import nemo
from .config import EncoderConfig
from .corpora import Recording
from .frontend import SAMPLE_RATE, kaldi_fbank
from .model import AsrModel, load_folder
from .training import seed_everything, stretch_time


@dataclass
class Augmentation:
    """What an augmented copy of a recording goes through; ranges are drawn per recording."""

    speed: float = 0.12
    """Resampled by 1 ± this: pitch, formants and tempo move together."""
    tempo: float = 0.1
    """The filter bank stretched by 1 ± this: tempo alone."""
    noise_share: float = 0.5
    noise_db: tuple[float, float] = (10.0, 30.0)


class Backbone:
    """Audio -> [H^0, .., H^L] and CTC logits, as the converter gives this folder to the engine."""

    def __init__(self, folder: Path) -> None:
        self.is_nemo = (folder / "model_config.yaml").exists()
        if self.is_nemo:
            config, state = nemo.load(folder)
            self.population = (folder / "tokens.txt").exists() and not (folder / "vocab.txt").exists()
            if not self.population:
                raise ValueError("only the k2 layout of NeMo folders (tokens.txt, Kaldi's filter bank) is known here")
            self.model = AsrModel(replace(config, normalization="none"))
            self.model.load_state_dict(state)
        else:
            self.model = load_folder(folder)
        self.model.eval()
        self.config: EncoderConfig = self.model.config

    def features(self, samples: Tensor) -> Tensor:
        return kaldi_fbank(samples, self.config.input_dim, snip_edges=not self.is_nemo)

    def normalized(self, features: Tensor) -> Tensor:
        """The k2 exporters' normalisation divides by T; WeNet's lies in the encoder."""
        if not self.is_nemo:
            return features
        return (features - features.mean(0)) / (features.std(0, unbiased=False) + 1e-5)

    @torch.no_grad()
    def outputs(self, features: Tensor) -> tuple[list[Tensor], Tensor]:
        """[T, F] -> L + 1 tensors [T', d], and CTC logits [T', V]."""
        blocks, encoded = self.model.encoder(self.normalized(features).unsqueeze(0))
        return [h[0] for h in blocks], self.model.ctc(encoded)[0]


def resampled(samples: Tensor, speed: float) -> Tensor:
    """Plays `speed` times as fast: band-limited, through the spectrum."""
    n, m = len(samples), round(len(samples) / speed)
    return torch.fft.irfft(torch.fft.rfft(samples), m) * (m / n)


def augmented(backbone: Backbone, samples: Tensor, how: Augmentation) -> Tensor:
    samples = resampled(samples, 1 + random.uniform(-how.speed, how.speed))
    if random.random() < how.noise_share:
        level = samples.square().mean().sqrt() * 10 ** (-random.uniform(*how.noise_db) / 20)
        samples = samples + level * torch.randn(len(samples))
    return stretch_time(backbone.features(samples), 1 + random.uniform(-how.tempo, how.tempo))


def read_16k(path: Path) -> Tensor:
    """Channel 0; other sample rates are resampled through the spectrum."""
    import soundfile
    samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    mono = torch.from_numpy(np.ascontiguousarray(samples[:, 0]))
    return mono if rate == SAMPLE_RATE else resampled(mono, rate / SAMPLE_RATE)


def extract(backbone: Backbone, recordings: list[Recording], cache: Path, copies: int, seed: int = 0) -> None:
    """Copy 0 is clean, the others are augmented. Per copy: `copyC-blockBB.npy`, `copyC-ctc.npy`, `copyC.json`."""
    cache.mkdir(parents=True, exist_ok=True)
    for copy in range(copies + 1):
        if (cache / f"copy{copy}.json").exists():
            continue
        seed_everything(seed + copy)
        begin, lengths = time.monotonic(), []
        streams: dict[str, list[np.ndarray]] = {}
        for recording in recordings:
            samples = read_16k(recording.path)
            features = augmented(backbone, samples, Augmentation()) if copy else backbone.features(samples)
            blocks, logits = backbone.outputs(features)
            lengths.append(len(logits))
            for index, h in enumerate(blocks):
                streams.setdefault(f"block{index:02d}", []).append(h.numpy())
            streams.setdefault("ctc", []).append(logits.numpy())
        for name, parts in streams.items():
            np.save(cache / f"copy{copy}-{name}.npy", np.concatenate(parts))
        (cache / f"copy{copy}.json").write_text(json.dumps(
            {"lengths": lengths, "paths": [str(r.path) for r in recordings], "augmentation": asdict(Augmentation())}))
        print(f"{time.strftime('%X')} copy {copy}: {sum(lengths)} frames, {time.monotonic() - begin:.0f} s", flush=True)


class Streams:
    """The cached outputs of the tapped blocks and, when asked, the CTC logits, of all copies end to end in memory."""

    def __init__(self, cache: Path, blocks: list[int], ctc: bool, copies: int) -> None:
        lengths = [json.loads((cache / f"copy{c}.json").read_text())["lengths"] for c in range(copies + 1)]
        self.lengths = torch.tensor(lengths)
        """[copies, utterances]"""
        flat = self.lengths.flatten()
        self.starts = (flat.cumsum(0) - flat).view_as(self.lengths)
        self.blocks = [self.joined(cache, f"block{block:02d}", copies) for block in blocks]
        self.logits = self.joined(cache, "ctc", copies) if ctc else None

    @staticmethod
    def joined(cache: Path, name: str, copies: int) -> Tensor:
        return torch.from_numpy(np.concatenate([np.load(cache / f"copy{c}-{name}.npy") for c in range(copies + 1)]))
