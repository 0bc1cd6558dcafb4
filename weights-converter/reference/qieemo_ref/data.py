"""The corpora as lists of utterances, and their features cached outside the repository."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

EMODB_LABELS = ["anger", "boredom", "disgust", "fear", "happiness", "sadness", "neutral"]
EMODB_LETTERS = "WLEAFTN"
LIBRISPEECH_DEV_SPEAKERS = ("1867", "32", "5789")
TOKENS = ["<blank>", "<unk>", "▁", "'", "-"] + [chr(code) for code in range(ord("a"), ord("z") + 1)] + ["<sos/eos>"]
TOKEN_ID = {token: index for index, token in enumerate(TOKENS)}


@dataclass
class Utterance:
    """One recording; `text` for speech recognition, `label` for emotion."""

    name: str
    path: str
    speaker: str
    text: str = ""
    label: int = -1
    start: int = 0
    """First row in the cached array."""
    frames: int = 0


def librispeech(data: Path) -> list[Utterance]:
    folder = data / "librispeech"
    lines = (folder / "transcripts.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines)
    return [Utterance(name, str(folder / "opus" / f"{name}.opus"), name.split("-")[0], text) for name, text in pairs]


def speechocean(data: Path) -> list[Utterance]:
    folder = data / "speechocean762"
    speakers = dict(line.split() for line in (folder / "utt2spk").read_text().splitlines())
    lines = (folder / "text").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines)
    return [Utterance(name, str(folder / "opus" / f"{name}.opus"), f"so{speakers[name]}", text) for name, text in pairs]


def emodb(data: Path) -> list[Utterance]:
    return [Utterance(path.stem, str(path), path.stem[:2], label=EMODB_LETTERS.index(path.stem[5]))
            for path in sorted((data / "emodb" / "wav").glob("*.flac"))]


CORPORA: dict[str, Callable[[Path], list[Utterance]]] = {
    "librispeech": librispeech, "speechocean762": speechocean, "emodb": emodb}


def encode_text(text: str) -> list[int]:
    """Token ids of a transcript; characters outside the alphabet are dropped."""
    characters = " ".join(text.lower().split()).replace(" ", "▁")
    return [TOKEN_ID[c] for c in characters if c in TOKEN_ID]


def write_array(path: Path, blocks: Iterator[Tensor]) -> list[int]:
    """Concatenates [T_i, n] tensors into one float16 .npy; returns the lengths."""
    arrays = [block.to(torch.float16).numpy() for block in blocks]
    np.save(path, np.concatenate(arrays))
    return [len(array) for array in arrays]


def write_index(path: Path, utterances: list[Utterance], lengths: list[int]) -> None:
    start = 0
    for utterance, frames in zip(utterances, lengths, strict=True):
        utterance.start, utterance.frames = start, frames
        start += frames
    path.write_text(json.dumps([asdict(u) for u in utterances]), encoding="utf-8")


class FeatureCache:
    """One corpus: features float16 [total frames, F] in NAME.npy, utterances in NAME.json."""

    def __init__(self, folder: Path, name: str) -> None:
        self.array = np.load(folder / f"{name}.npy")
        self.utterances = [Utterance(**entry) for entry in json.loads((folder / f"{name}.json").read_text())]

    def features(self, utterance: Utterance) -> Tensor:
        """[T, F] float32"""
        rows = self.array[utterance.start:utterance.start + utterance.frames]
        return torch.from_numpy(rows.astype(np.float32))


def pad(items: list[Tensor]) -> Tensor:
    """[T_i, ...] -> [B, T, ...], zeros at the end."""
    return torch.nn.utils.rnn.pad_sequence(items, batch_first=True)
