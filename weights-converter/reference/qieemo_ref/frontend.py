"""Kaldi's log-mel filter bank, as WeNet computes it at inference: no dither, no energy column."""
from __future__ import annotations

import math

import numpy as np
import torch

SAMPLE_RATE = 16000
WINDOW, HOP, FFT = 400, 160, 512
FLOOR = 1.1920929e-7


def povey_window() -> torch.Tensor:
    """[400]: a Hann window to the power 0.85."""
    i = torch.arange(WINDOW, dtype=torch.float64)
    return (0.5 - 0.5 * torch.cos(2 * math.pi * i / (WINDOW - 1))).pow(0.85).float()


def mel_filters(bins: int) -> torch.Tensor:
    """[257, bins]: triangles that are linear in mel, 20 Hz to Nyquist; the Nyquist row is zero."""
    low, high = (1127.0 * math.log(1.0 + f / 700.0) for f in (20.0, SAMPLE_RATE / 2))
    step = (high - low) / (bins + 1)
    mel = 1127.0 * torch.log(1.0 + torch.arange(FFT // 2, dtype=torch.float64) * SAMPLE_RATE / FFT / 700.0)
    left = low + step * torch.arange(bins, dtype=torch.float64)
    rise = (mel[:, None] - left) / step
    fall = (left + 2 * step - mel[:, None]) / step
    weights = torch.minimum(rise, fall).clamp_min(0.0)
    return torch.cat([weights, torch.zeros(1, bins, dtype=torch.float64)]).float()


def frames_of(samples: torch.Tensor, snip_edges: bool) -> torch.Tensor:
    """[n] -> [T, 400]. Without snipping, both ends are mirrored (-1 - i and 2n - 1 - i)."""
    if snip_edges:
        if len(samples) < WINDOW:
            return samples.new_zeros(0, WINDOW)
        return samples.unfold(0, WINDOW, HOP)
    n = len(samples)
    count = (n + HOP // 2) // HOP
    index = torch.arange(count)[:, None] * HOP + HOP // 2 - WINDOW // 2 + torch.arange(WINDOW)
    index = torch.where(index < 0, -1 - index, index)
    index = torch.where(index >= n, 2 * n - 1 - index, index)
    return samples[index]


def kaldi_fbank(samples: torch.Tensor, bins: int = 80, snip_edges: bool = True,
                scale: float = 32768.0) -> torch.Tensor:
    """Mono samples in [-1, 1] at 16 kHz, [n] -> log-mel energies [T, bins]."""
    frames = frames_of(samples.float() * scale, snip_edges)
    frames = frames - frames.mean(dim=1, keepdim=True)
    previous = torch.cat([frames[:, :1], frames[:, :-1]], dim=1)
    frames = (frames - 0.97 * previous) * povey_window()
    power = torch.fft.rfft(frames, FFT).abs().pow(2)
    return (power @ mel_filters(bins)).clamp_min(FLOOR).log()


def per_feature(features: torch.Tensor, unbiased: bool = True) -> torch.Tensor:
    """NeMo's normalisation, [T, F]: per bin over time, deviation plus 1e-5; the k2 exporters' is biased."""
    return (features - features.mean(0)) / (features.std(0, unbiased=unbiased) + 1e-5)


def read_audio(path: str) -> torch.Tensor:
    """Channel 0 of a 16 kHz file as float32 in [-1, 1]."""
    import soundfile
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != SAMPLE_RATE:
        raise ValueError(f"{path}: {rate} Hz, wanted {SAMPLE_RATE}")
    return torch.from_numpy(np.ascontiguousarray(samples[:, 0]))
