"""Emotion corpora as they lie on a user's disk: every recording with its label and its speaker."""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

AUDIO = (".wav", ".flac", ".ogg", ".opus")
EMODB = {"W": "anger", "L": "boredom", "E": "disgust", "A": "fear", "F": "happiness", "T": "sadness", "N": "neutral"}
CREMA_D = {"ANG": "anger", "DIS": "disgust", "FEA": "fear", "HAP": "happiness", "NEU": "neutral", "SAD": "sadness"}
RAVDESS = {"01": "neutral", "02": "calm", "03": "happiness", "04": "sadness", "05": "anger", "06": "fear",
           "07": "disgust", "08": "surprise"}
IEMOCAP = {"ang": "anger", "hap": "happiness", "exc": "happiness", "sad": "sadness", "neu": "neutral"}
"""The usual four classes: excitement counts as happiness; turns with another label are left out."""

EMODB_NAME = re.compile(r"(\d\d)[a-z]\d\d([A-Z])[a-z]")
CREMA_D_NAME = re.compile(r"(\d{4})_[A-Z]{3}_([A-Z]{3})_[A-Z]{2}")
RAVDESS_NAME = re.compile(r"03-01-(\d\d)-\d\d-\d\d-\d\d-(\d\d)")
IEMOCAP_LINE = re.compile(r"\[[\d. -]+\]\t(Ses(\d\d)[FM]_\S+_([FM])\d+)\t(\w+)\t")


@dataclass(frozen=True)
class Recording:
    """One file; splits are made by `speaker`."""

    path: Path
    label: str
    speaker: str


def by_file_name(folder: Path, pattern: re.Pattern[str], read: Callable[[re.Match[str]], tuple[str, str] | None]
                 ) -> list[Recording]:
    """Every audio file below `folder` whose stem is of the pattern; `read` gives label and speaker, or None."""
    found = []
    for path in sorted(folder.rglob("*")):
        match = pattern.fullmatch(path.stem) if path.suffix.lower() in AUDIO else None
        pair = read(match) if match else None
        if pair:
            found.append(Recording(path, *pair))
    return found


def emodb(folder: Path) -> list[Recording]:
    """`03a01Wa.wav`: speaker, text, emotion, version."""
    return by_file_name(folder, EMODB_NAME, lambda m: (EMODB[m[2]], m[1]) if m[2] in EMODB else None)


def crema_d(folder: Path) -> list[Recording]:
    """`1001_DFA_ANG_XX.wav`: actor, sentence, emotion, level."""
    return by_file_name(folder, CREMA_D_NAME, lambda m: (CREMA_D[m[2]], m[1]) if m[2] in CREMA_D else None)


def ravdess(folder: Path) -> list[Recording]:
    """`03-01-05-01-01-01-01.wav`: audio only, speech, emotion, intensity, statement, repetition, actor."""
    return by_file_name(folder, RAVDESS_NAME, lambda m: (RAVDESS[m[1]], m[2]) if m[1] in RAVDESS else None)


def iemocap(folder: Path) -> list[Recording]:
    """`Session*/dialog/EmoEvaluation/*.txt` and `Session*/sentences/wav/DIALOG/TURN.wav`; a speaker is `01F`."""
    found = []
    for path in sorted(folder.glob("Session*/dialog/EmoEvaluation/*.txt")):
        for turn, session, sex, code in IEMOCAP_LINE.findall(path.read_text(encoding="utf-8", errors="replace")):
            audio = path.parents[2] / "sentences" / "wav" / path.stem / f"{turn}.wav"
            if code in IEMOCAP and audio.exists():
                found.append(Recording(audio, IEMOCAP[code], session + sex))
    return found


LOADERS = {"emodb": emodb, "crema-d": crema_d, "ravdess": ravdess, "iemocap": iemocap}


def load(name: str, folder: Path) -> list[Recording]:
    recordings = LOADERS[name](folder)
    if not recordings:
        raise ValueError(f"no {name} recordings below {folder}")
    return recordings


def labels_of(name: str, recordings: list[Recording]) -> list[str]:
    """The corpus's label order; only labels that occur."""
    order = {"emodb": EMODB, "crema-d": CREMA_D, "ravdess": RAVDESS, "iemocap": IEMOCAP}[name]
    present = {r.label for r in recordings}
    return [label for label in dict.fromkeys(order.values()) if label in present]
