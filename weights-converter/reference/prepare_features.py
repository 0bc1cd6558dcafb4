"""Decodes the corpora and caches Kaldi filter banks (and, when asked, a teacher's block outputs) as float16.

With `--speed 1.15` the recordings are first played that much faster, which raises tempo and pitch alike; the cache
is then called `NAME@1.15`.
"""
from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from qieemo_ref import nemo
from qieemo_ref.backbone import resampled
from qieemo_ref.data import CORPORA, Utterance, write_array, write_index
from qieemo_ref.frontend import kaldi_fbank, read_audio
from qieemo_ref.model import AsrModel


def samples_of(utterance: Utterance, speed: float) -> Tensor:
    samples = read_audio(utterance.path)
    return samples if speed == 1 else resampled(samples, speed)


def filter_banks(utterances: list[Utterance], speed: float) -> Iterator[Tensor]:
    for utterance in utterances:
        yield kaldi_fbank(samples_of(utterance, speed))


def teacher_outputs(utterances: list[Utterance], speed: float, folder: Path, blocks: list[int]) -> Iterator[Tensor]:
    """[T', len(blocks) * d] of a frozen NeMo Conformer; its frame t + 1 is centred where WeNet's conv2d frame t is."""
    config, state = nemo.load(folder)
    teacher = AsrModel(config)
    teacher.load_state_dict(state)
    teacher.eval()
    for count, utterance in enumerate(utterances):
        features = kaldi_fbank(samples_of(utterance, speed), snip_edges=False)
        outputs, _ = teacher.encoder(features.unsqueeze(0))
        yield torch.cat([outputs[block][0] for block in blocks], dim=-1)
        if count % 200 == 0:
            print(f"{time.strftime('%X')} teacher {count}/{len(utterances)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds librispeech/, speechocean762/, emodb/")
    parser.add_argument("--cache", type=Path, required=True, help="where to write; outside the repository")
    parser.add_argument("--corpora", nargs="+", default=list(CORPORA), choices=list(CORPORA))
    parser.add_argument("--teacher", type=Path, help="a NeMo folder; writes its block outputs instead of filter banks")
    parser.add_argument("--speed", type=float, default=1.0, help="play the recordings so many times as fast")
    parser.add_argument("--teacher-blocks", type=int, nargs="+", default=[6, 16])
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.cache.mkdir(parents=True, exist_ok=True)
    for corpus in args.corpora:
        utterances = CORPORA[corpus](args.data)
        variant = corpus if args.speed == 1 else f"{corpus}@{args.speed:g}"
        name = f"{variant}-teacher" if args.teacher else variant
        with torch.no_grad():
            blocks = (teacher_outputs(utterances, args.speed, args.teacher, args.teacher_blocks) if args.teacher
                      else filter_banks(utterances, args.speed))
            write_index(args.cache / f"{name}.json", utterances, write_array(args.cache / f"{name}.npy", blocks))
        print(f"{time.strftime('%X')} {name}: {len(utterances)} utterances", flush=True)


if __name__ == "__main__":
    main()
