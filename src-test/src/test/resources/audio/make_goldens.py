"""Golden values of the audio front end, computed in float64 and independently of the engine.

    python3 make_goldens.py        (needs numpy, soundfile; run it in this folder)

Writes goldens.safetensors and wav/*.wav beside itself. Deterministic: running it again changes nothing.

The resampler is torchaudio.functional.resample with its defaults (torchaudio is not needed): its whole kernel matrix
and a strided convolution over the zero-padded signal, literally. The filter banks use numpy's FFT and dense matrices.
"""
import json
import math
import pathlib
import struct

import numpy as np
import soundfile

HERE = pathlib.Path(__file__).parent
RATE, WINDOW, HOP, FFT, BINS = 16000, 400, 160, 512, 80
RESAMPLED = [44100, 8000, 48000, 22050, 11025, 15999, 96000]


def test_signal(n, rate, seed):
    """A chirp, a hum, some noise, and silence near the end; float32 in [-1, 1]."""
    t = np.arange(n) / rate
    chirp = 0.5 * np.sin(2 * np.pi * (100 * t + 0.4 * rate / (2 * n / rate) * t * t))
    hum = 0.2 * np.sin(2 * np.pi * 50 * t + 1)
    noise = 0.05 * np.random.default_rng(seed).standard_normal(n)
    x = 0.9 * (chirp + hum) + noise + 0.01
    x[int(0.8 * n):int(0.92 * n)] = 0
    return np.clip(x, -1, 1).astype(np.float32)


def kaldi_filters():
    """[256, 80]"""
    mel = lambda hz: 1127.0 * np.log1p(np.asarray(hz) / 700.0)
    edges = np.linspace(mel(20.0), mel(RATE / 2), BINS + 2)
    at = mel(np.arange(FFT // 2) * RATE / FFT)[:, None]
    rise = (at - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - at) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rise, fall))


def kaldi_fbank(signal, snip_edges, scale=32768.0):
    """[n] -> [T, 80]"""
    x = signal.astype(np.float64) * scale
    if snip_edges:
        count = 1 + (len(x) - WINDOW) // HOP if len(x) >= WINDOW else 0
        first = 0
    else:
        count = (len(x) + HOP // 2) // HOP
        x = np.concatenate([x[:WINDOW][::-1], x, x[-WINDOW:][::-1]])
        first = WINDOW + HOP // 2 - WINDOW // 2
    window = np.power(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1)), 0.85)
    rows = []
    for t in range(count):
        frame = x[first + t * HOP:first + t * HOP + WINDOW].copy()
        frame -= frame.mean()
        frame[1:] -= 0.97 * frame[:-1].copy()
        frame[0] *= 1 - 0.97
        power = np.abs(np.fft.rfft(frame * window, FFT)) ** 2
        rows.append(np.log(np.maximum(power[:FFT // 2] @ kaldi_filters(), 1.1920929e-7)))
    return np.array(rows).reshape(count, BINS)


def slaney_filters():
    """[257, 80], librosa.filters.mel(sr=16000, n_fft=512, n_mels=80)"""
    to_mel = lambda hz: np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4))
    to_hz = lambda mel: np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mel - 15)))
    hz = to_hz(np.linspace(0, to_mel(np.array(RATE / 2.0)), BINS + 2))
    ramps = hz[:, None] - np.linspace(0, RATE / 2, FFT // 2 + 1)
    weights = np.zeros((BINS, FFT // 2 + 1))
    for b in range(BINS):
        lower = -ramps[b] / (hz[b + 1] - hz[b])
        upper = ramps[b + 2] / (hz[b + 2] - hz[b + 1])
        weights[b] = np.maximum(0, np.minimum(lower, upper)) * 2 / (hz[b + 2] - hz[b])
    return weights.T


def log_mel(signal, pad):
    """[n] -> [1 + n // 160, 80], NeMo"""
    x = signal.astype(np.float64)
    x = np.concatenate([x[:1], x[1:] - 0.97 * x[:-1]])
    x = np.pad(x, FFT // 2, mode=pad)
    window = np.pad(np.hanning(WINDOW), (FFT - WINDOW) // 2)
    count = 1 + len(signal) // HOP
    power = [np.abs(np.fft.rfft(x[t * HOP:t * HOP + FFT] * window)) ** 2 for t in range(count)]
    return np.log(np.array(power) @ slaney_filters() + 2.0 ** -24)


def per_feature(x):
    return (x - x.mean(0)) / (x.std(0, ddof=1) + 1e-5)


def resample(signal, orig, new, width6=6, rolloff=0.99):
    """torchaudio's _get_sinc_resample_kernel and _apply_sinc_resample_kernel"""
    gcd = math.gcd(orig, new)
    orig, new = orig // gcd, new // gcd
    base = min(orig, new) * rolloff
    width = math.ceil(width6 * orig / base)
    idx = np.arange(-width, width + orig) / orig
    padded = np.pad(signal.astype(np.float64), (width, width + orig))
    length = math.ceil(new * len(signal) / orig)
    out = np.zeros(length)
    for phase in range(min(new, length)):
        t = np.clip((-phase / new + idx) * base, -width6, width6)
        window = np.cos(t * math.pi / width6 / 2) ** 2
        t = t * math.pi
        kernel = np.where(t == 0, 1.0, np.sin(t) / np.where(t == 0, 1.0, t)) * window * base / orig
        for block, n in enumerate(range(phase, length, new)):
            out[n] = padded[block * orig:block * orig + len(kernel)] @ kernel
    return out


def write_wavs(tensors):
    """Small stereo files written by libsndfile, with its own float64 reading of them."""
    folder = HERE / "wav"
    folder.mkdir(exist_ok=True)
    x = np.stack([test_signal(12, 100, 3), test_signal(12, 100, 4)[::-1]], axis=1).astype(np.float64)
    kinds = [("WAV", s) for s in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW", "ULAW")]
    kinds += [("WAVEX", s) for s in ("PCM_16", "PCM_24", "FLOAT", "ALAW")] + [("RF64", "PCM_16"), ("RF64", "FLOAT")]
    for container, subtype in kinds:
        name = f"{container}-{subtype}".lower()
        path = folder / f"{name}.wav"
        soundfile.write(path, x, 8000, subtype=subtype, format=container)
        without_time(path)
        tensors[f"wav.{name}"] = soundfile.read(path, dtype="float64")[0]


def without_time(path):
    """libsndfile puts the time of writing into the PEAK chunk of float files; zero it."""
    data = bytearray(path.read_bytes())
    at = data.find(b"PEAK")
    if at >= 0:
        data[at + 12:at + 16] = bytes(4)
    path.write_bytes(data)


def write_safetensors(path, tensors):
    header, blobs, at = {}, [], 0
    for name, value in tensors.items():
        blob = np.ascontiguousarray(value).tobytes()
        kind = {"float32": "F32", "float64": "F64"}[str(value.dtype)]
        header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def main():
    signal = test_signal(4321, RATE, 1)
    tensors = {
        "signal": signal,
        "kaldi_fbank_snip": kaldi_fbank(signal, True),
        "kaldi_fbank_nosnip": kaldi_fbank(signal, False),
        "log_mel_constant": log_mel(signal, "constant"),
        "log_mel_reflect": log_mel(signal, "reflect"),
        "per_feature": per_feature(log_mel(signal, "constant")),
    }
    for rate in RESAMPLED:
        x = test_signal(1500, rate, 2)
        tensors[f"resample.{rate}.in"] = x
        tensors[f"resample.{rate}.out"] = resample(x, rate, RATE)
    tensors["resample.96001.in"] = test_signal(1500, 96001, 5)
    tensors["resample.96001.out"] = resample(tensors["resample.96001.in"], 96001, RATE)
    write_wavs(tensors)
    write_safetensors(HERE / "goldens.safetensors", tensors)


if __name__ == "__main__":
    main()
