"""The paper's findings on open data: every configuration of a group, leave-one-speaker-out, into one results file.

With --folds every fold's model is kept, as CASE/seedS-without-SPEAKER, for the Java engine to evaluate (bench's
StudyEvaluation). Where `{speaker}` stands in --backbone, every fold has a backbone of its own (adapt_encoder.py
--without). Cases that the results file holds are not run again; it is written after every case.
"""
from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch

from qieemo_ref import corpora
from qieemo_ref.backbone import Backbone, Streams, extract
from qieemo_ref.config import FusionConfig
from qieemo_ref.head import Fold, FrozenCorpus, HeadRecipe, run_fold, summary
from qieemo_ref.model import write_json
from qieemo_ref.recipe import command
from qieemo_ref.study_cases import Case, cases
from train_head import write_model


class Study:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.recordings = corpora.load("emodb", args.data)
        self.names = corpora.labels_of("emodb", self.recordings)
        self.labels = [self.names.index(r.label) for r in self.recordings]
        self.speakers = [r.speaker for r in self.recordings]
        self.backbones: dict[Path, Backbone] = {}
        self.held: tuple = (None, None)
        self.done = json.loads(args.results.read_text()) if args.results.exists() else {
            "what": "EMO-DB (8 speakers, 418 utterances, 7 classes), leave-one-speaker-out, frozen backbone",
            "torch": torch.__version__, "labels": self.names, "cases": {}}

    def folder(self, speaker: str) -> Path:
        return Path(str(self.args.backbone).replace("{speaker}", speaker))

    def cache(self, speaker: str) -> Path:
        folder = self.folder(speaker)
        return self.args.cache if folder == self.args.backbone else self.args.cache / folder.name

    def backbone(self, speaker: str) -> Backbone:
        """Its outputs are on disk from then on."""
        folder = self.folder(speaker)
        if folder not in self.backbones:
            self.backbones[folder] = Backbone(folder)
            extract(self.backbones[folder], self.recordings, self.cache(speaker), self.args.copies)
        return self.backbones[folder]

    def fusion(self, case: Case) -> FusionConfig:
        options = {"width": 96, "mmf_kind": "off", "cma_query": "off", "cma_norm": "pre"} | case.fusion
        options.setdefault("cma_ffn_width", 2 * options["width"])
        return FusionConfig(labels=self.names, **options)

    def corpus(self, speaker: str, fusion: FusionConfig, recipe: HeadRecipe) -> FrozenCorpus:
        """The last outputs read are kept in memory."""
        backbone = self.backbone(speaker)
        key = self.cache(speaker), tuple(fusion.taps_blocks), fusion.uses_ppg, recipe.copies
        if self.held[0] != key:
            self.held = key, Streams(key[0], list(key[1]), *key[2:])
        return FrozenCorpus(self.held[1], backbone.config, fusion, self.labels, self.speakers)

    def folds(self, case: Case, fusion: FusionConfig, recipe: HeadRecipe) -> list[Fold]:
        found = []
        for speaker in case.speakers or sorted(set(self.speakers)):
            corpus = self.corpus(speaker, fusion, recipe)
            for seed in case.seeds:
                found.append(run_fold(corpus, recipe, speaker, seed))
                if self.args.folds:
                    name = f"seed{seed}-without-{speaker}"
                    write_model(self.args.folds / case.name / name, self.folder(speaker), found[-1].model, name)
        return found

    def run(self, case: Case) -> None:
        fusion, recipe = self.fusion(case), replace(HeadRecipe(), **case.recipe)
        begin = time.monotonic()
        found = summary(self.folds(case, fusion, recipe), len(self.names))
        found["seconds"] = round(time.monotonic() - begin, 1)
        described = {key: value for key, value in fusion.to_json().items()
                     if key in ("taps", "ppg", "width", "mmf", "cma", "pooling")}
        self.done["cases"][case.name] = {
            "group": case.group, "date": time.strftime("%Y-%m-%d %H:%M"),
            "held_out": list(case.speakers) or sorted(set(self.speakers)), "seeds": list(case.seeds),
            "fusion": described, "recipe": asdict(recipe), **found, "command": command()}
        write_json(self.args.results, self.done)
        print(f"{time.strftime('%X')} {case.name}: UA {found['ua']:.4f} ± {found['ua_std']} WA {found['wa']:.4f}, "
              f"{found['seconds']:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backbone", type=Path, required=True, help="a NeMo folder (k2 layout) or one of train_ctc.py")
    parser.add_argument("--data", type=Path, required=True, help="EMO-DB's folder")
    parser.add_argument("--cache", type=Path, required=True, help="block outputs are kept here, outside the repository")
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--folds", type=Path, help="keep every fold's model folder here")
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--groups", nargs="+", required=True)
    parser.add_argument("--only", nargs="*", help="names of cases")
    args = parser.parse_args()
    torch.set_num_threads(1)
    study = Study(args)
    count = study.backbone(min(study.speakers)).config.num_blocks
    for case in cases(args.groups, count):
        if case.name not in study.done["cases"] and (not args.only or case.name in args.only):
            study.run(case)


if __name__ == "__main__":
    main()
