"""The paper's findings on open data: every configuration of a group, leave-one-speaker-out, into one results file."""
from __future__ import annotations

import argparse
import json
import shlex
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch

from qieemo_ref import corpora
from qieemo_ref.backbone import Backbone, Streams, extract
from qieemo_ref.config import FusionConfig
from qieemo_ref.head import FrozenCorpus, HeadRecipe, leave_one_speaker_out, shortened, summary
from qieemo_ref.model import write_json
from qieemo_ref.study_cases import Case, cases


class Study:
    """Runs cases that the results file does not hold yet; it is written after every case."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.backbone = Backbone(args.backbone)
        recordings = corpora.load("emodb", args.data)
        extract(self.backbone, recordings, args.cache, args.copies)
        self.names = corpora.labels_of("emodb", recordings)
        self.labels = [self.names.index(r.label) for r in recordings]
        self.speakers = [r.speaker for r in recordings]
        self.held: tuple = (None, None)
        self.done = json.loads(args.results.read_text()) if args.results.exists() else {
            "what": "EMO-DB (8 speakers, 418 utterances, 7 classes), leave-one-speaker-out, frozen backbone",
            "torch": torch.__version__, "labels": self.names, "cases": {}}

    def fusion(self, case: Case) -> FusionConfig:
        options = {"width": 96, "mmf_kind": "off", "cma_query": "off", "cma_norm": "pre"} | case.fusion
        options.setdefault("cma_ffn_width", 2 * options["width"])
        return FusionConfig(labels=self.names, **options)

    def streams_of(self, blocks: tuple[int, ...], ctc: bool, copies: int) -> Streams:
        """The last ones read are kept."""
        if self.held[0] != (blocks, ctc, copies):
            self.held = (blocks, ctc, copies), Streams(self.args.cache, list(blocks), ctc, copies)
        return self.held[1]

    def run(self, case: Case) -> None:
        fusion = self.fusion(case)
        recipe = replace(HeadRecipe(), **case.recipe)
        streams = self.streams_of(tuple(fusion.taps_blocks), fusion.uses_ppg, recipe.copies)
        corpus = FrozenCorpus(streams, self.backbone.config, fusion, self.labels, self.speakers)
        held_out = list(case.speakers) or sorted(set(self.speakers))
        begin = time.monotonic()
        found = summary(leave_one_speaker_out(corpus, recipe, held_out, list(case.seeds)), len(self.names))
        found["seconds"] = round(time.monotonic() - begin, 1)
        described = {key: value for key, value in fusion.to_json().items()
                     if key in ("taps", "ppg", "width", "mmf", "cma", "pooling")}
        self.done["cases"][case.name] = {
            "group": case.group, "date": time.strftime("%Y-%m-%d %H:%M"), "held_out": held_out,
            "seeds": list(case.seeds), "fusion": described, "recipe": asdict(recipe), **found,
            "command": shlex.join(["python", *map(shortened, sys.argv)])}
        write_json(self.args.results, self.done)
        print(f"{time.strftime('%X')} {case.name}: UA {found['ua']:.4f} ± {found['ua_std']} WA {found['wa']:.4f}, "
              f"{found['seconds']:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backbone", type=Path, required=True, help="a NeMo folder (k2 layout) or one of train_ctc.py")
    parser.add_argument("--data", type=Path, required=True, help="EMO-DB's folder")
    parser.add_argument("--cache", type=Path, required=True, help="block outputs are kept here, outside the repository")
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--groups", nargs="+", required=True)
    parser.add_argument("--only", nargs="*", help="names of cases")
    args = parser.parse_args()
    torch.set_num_threads(1)
    study = Study(args)
    for case in cases(args.groups, study.backbone.config.num_blocks):
        if case.name not in study.done["cases"] and (not args.only or case.name in args.only):
            study.run(case)


if __name__ == "__main__":
    main()
