"""Decodes the corpora and caches Kaldi filter banks (and, when asked, a teacher's block outputs) as float16.

With `--speed 1.15` the recordings are first played that much faster, which raises tempo and pitch alike; the cache
is then called `NAME@1.15`. With `--copies 5` there are five more caches of the emotional corpus, `emodb~1` and so on,
in which each recording has a speed and noise of its own, drawn from the number and its name. A killed run goes on
with the first cache that is not complete.
"""
from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from qieemo_ref import nemo
from qieemo_ref.backbone import resampled
from qieemo_ref.data import CORPORA, Utterance, write_array, write_index
from qieemo_ref.frontend import kaldi_fbank, read_audio
from qieemo_ref.model import AsrModel
from qieemo_ref.recipe import parse


@dataclass
class Variant:
    """How the recordings are changed before anything is computed from them."""

    speed: float = 1.0
    augmented: int = 0

    def name(self, corpus: str) -> str:
        return corpus + (f"@{self.speed:g}" if self.speed != 1 else "") + (f"~{self.augmented}" if self.augmented else "")

    def samples(self, utterance: Utterance) -> Tensor:
        samples = read_audio(utterance.path)
        draw = random.Random(f"{self.augmented} {utterance.name}")
        speed = self.speed * (draw.uniform(0.85, 1.15) if self.augmented else 1.0)
        samples = samples if speed == 1 else resampled(samples, speed)
        if self.augmented and draw.random() < 0.5:
            level = samples.square().mean().sqrt() * 10 ** (-draw.uniform(10, 30) / 20)
            noise = torch.randn(len(samples), generator=torch.Generator().manual_seed(draw.randrange(1 << 30)))
            samples = samples + level * noise
        return samples


def filter_banks(utterances: list[Utterance], variant: Variant) -> Iterator[Tensor]:
    for utterance in utterances:
        yield kaldi_fbank(variant.samples(utterance))


def teacher_outputs(utterances: list[Utterance], variant: Variant, folder: Path, blocks: list[int]) -> Iterator[Tensor]:
    """[T', len(blocks) * d] of a frozen NeMo Conformer; its frame t + 1 is centred where WeNet's conv2d frame t is."""
    config, state = nemo.load(folder)
    teacher = AsrModel(config)
    teacher.load_state_dict(state)
    teacher.eval()
    for count, utterance in enumerate(utterances):
        features = kaldi_fbank(variant.samples(utterance), snip_edges=False)
        outputs, _ = teacher.encoder(features.unsqueeze(0))
        yield torch.cat([outputs[block][0] for block in blocks], dim=-1)
        if count % 200 == 0:
            print(f"{time.strftime('%X')} teacher {count}/{len(utterances)}", flush=True)


def prepare(args: argparse.Namespace, corpus: str, variant: Variant) -> None:
    """Filter banks, and the teacher's outputs where there is one; what is complete is not computed again."""
    utterances = CORPORA[corpus](args.data)
    sources = {"": lambda: filter_banks(utterances, variant)}
    if args.teacher:
        sources["-teacher"] = lambda: teacher_outputs(utterances, variant, args.teacher, args.teacher_blocks)
    for suffix, source in sources.items():
        name = variant.name(corpus) + suffix
        if (args.cache / f"{name}.json").exists():
            print(f"{time.strftime('%X')} {name}: is there", flush=True)
            continue
        with torch.no_grad():
            write_index(args.cache / f"{name}.json", utterances, write_array(args.cache / f"{name}.npy", source()))
        print(f"{time.strftime('%X')} {name}: {len(utterances)} utterances", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="holds librispeech/, speechocean762/, emodb/")
    parser.add_argument("--cache", type=Path, required=True, help="where to write; outside the repository")
    parser.add_argument("--corpora", nargs="+", default=list(CORPORA), choices=list(CORPORA))
    parser.add_argument("--teacher", type=Path, help="a NeMo folder, whose block outputs are written too")
    parser.add_argument("--teacher-blocks", type=int, nargs="+", default=[6, 16])
    parser.add_argument("--speed", type=float, default=1.0, help="play the recordings so many times as fast")
    parser.add_argument("--copies", type=int, default=0, help="augmented copies of emodb")
    args = parse(parser, "features")
    torch.set_num_threads(1)
    args.cache.mkdir(parents=True, exist_ok=True)
    for corpus in args.corpora:
        for copy in range(args.copies + 1 if corpus == "emodb" else 1):
            prepare(args, corpus, Variant(args.speed, copy))


if __name__ == "__main__":
    main()
