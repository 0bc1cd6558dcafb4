"""The front ends once more, in float64 NumPy and frame by frame, independent of qieemo_ref.frontend."""
from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

Array = NDArray[np.float64]
RATE, WINDOW, HOP, FFT, BINS = 16000, 400, 160, 512, 80
SAMPLES = 8013


def signal() -> NDArray[np.float32]:
    """About 0.6 s in [-1, 1]: a gliding tone with overtones, noise, a silence and a click."""
    t = np.arange(SAMPLES) / RATE
    phase = 2 * np.pi * (180 * t + 120 * t ** 2)
    tone = sum(np.sin(k * phase) / k for k in range(1, 12))
    noise = np.random.default_rng(7).standard_normal(SAMPLES)
    wave = 0.25 * tone * np.sin(np.pi * t / t[-1]) + 0.02 * noise
    wave[4000:4900] = 0.0
    wave[7000] += 0.6
    return np.clip(wave, -1, 1).astype(np.float32)


def kaldi_mel(frequency: float) -> float:
    return 1127.0 * math.log(1.0 + frequency / 700.0)


def kaldi_filters() -> Array:
    """[80, 256]"""
    low, high = kaldi_mel(20.0), kaldi_mel(RATE / 2)
    step = (high - low) / (BINS + 1)
    filters = np.zeros((BINS, FFT // 2))
    for b in range(BINS):
        left = low + b * step
        for i in range(FFT // 2):
            mel = kaldi_mel(i * RATE / FFT)
            filters[b, i] = max(0.0, min((mel - left) / step, (left + 2 * step - mel) / step))
    return filters


def kaldi_frame(frame: Array, filters: Array) -> Array:
    """[400] -> [80]"""
    frame = frame - frame.mean()
    emphasised = frame.copy()
    emphasised[1:] -= 0.97 * frame[:-1]
    emphasised[0] -= 0.97 * frame[0]
    povey = np.array([(0.5 - 0.5 * math.cos(2 * math.pi * i / (WINDOW - 1))) ** 0.85 for i in range(WINDOW)])
    spectrum = np.fft.rfft(emphasised * povey, FFT)
    energies = filters @ (spectrum.real ** 2 + spectrum.imag ** 2)[:FFT // 2]
    return np.log(np.maximum(energies, 1.1920929e-7))


def kaldi_fbank(samples: Array, snip_edges: bool) -> Array:
    n, filters = len(samples), kaldi_filters()
    scaled = samples * 32768.0
    if snip_edges:
        starts = [HOP * t for t in range(1 + (n - WINDOW) // HOP)]
    else:
        starts = [HOP * t + HOP // 2 - WINDOW // 2 for t in range((n + HOP // 2) // HOP)]
    rows = []
    for start in starts:
        index = [-1 - i if i < 0 else 2 * n - 1 - i if i >= n else i for i in range(start, start + WINDOW)]
        rows.append(kaldi_frame(scaled[index], filters))
    return np.array(rows)


def slaney_mel(frequency: float) -> float:
    if frequency < 1000.0:
        return frequency * 3.0 / 200.0
    return 15.0 + 27.0 * math.log(frequency / 1000.0) / math.log(6.4)


def slaney_hertz(mel: float) -> float:
    return mel * 200.0 / 3.0 if mel < 15.0 else 1000.0 * 6.4 ** ((mel - 15.0) / 27.0)


def slaney_filters() -> Array:
    """[80, 257]: librosa's triangles, each divided by half its width in Hz."""
    top = slaney_mel(RATE / 2)
    edges = [slaney_hertz(top * i / (BINS + 1)) for i in range(BINS + 2)]
    filters = np.zeros((BINS, FFT // 2 + 1))
    for b in range(BINS):
        low, centre, high = edges[b:b + 3]
        for i in range(FFT // 2 + 1):
            f = i * RATE / FFT
            filters[b, i] = max(0.0, min((f - low) / (centre - low), (high - f) / (high - centre))) * 2 / (high - low)
    return filters


def log_mel(samples: Array, mode: str) -> Array:
    """NeMo's [1 + n // 160, 80] before normalisation; `mode` is the padding of the centred STFT."""
    emphasised = samples.copy()
    emphasised[1:] -= 0.97 * samples[:-1]
    padded = np.pad(emphasised, FFT // 2, mode=mode)
    hann = np.array([0.5 - 0.5 * math.cos(2 * math.pi * i / (WINDOW - 1)) for i in range(WINDOW)])
    window = np.pad(hann, (FFT - WINDOW) // 2)
    filters = slaney_filters()
    rows = []
    for t in range(1 + len(samples) // HOP):
        spectrum = np.fft.rfft(padded[HOP * t:HOP * t + FFT] * window)
        rows.append(np.log(filters @ (spectrum.real ** 2 + spectrum.imag ** 2) + 2.0 ** -24))
    return np.array(rows)


def per_feature(features: Array) -> Array:
    return (features - features.mean(axis=0)) / (features.std(axis=0, ddof=1) + 1e-5)


def write_frontend(path: Path) -> None:
    """`per_feature` is the normalised kaldi_fbank_nosnip."""
    recorded = signal()
    samples = recorded.astype(np.float64)
    unsnipped = kaldi_fbank(samples, snip_edges=False)
    arrays = {"kaldi_fbank_snip": kaldi_fbank(samples, snip_edges=True), "kaldi_fbank_nosnip": unsnipped,
              "log_mel_constant": log_mel(samples, "constant"), "log_mel_reflect": log_mel(samples, "reflect"),
              "per_feature": per_feature(unsnipped)}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"signal": recorded, **arrays}, path, metadata={"numpy": np.__version__})
