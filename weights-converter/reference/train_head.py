"""A Qieemo head over any frozen backbone: its outputs are computed once, then taps, fusion and head are trained.

Where `{speaker}` stands in --backbone, every fold has a backbone of its own, one that has not heard that speaker
either (adapt_encoder.py --without); with --final it is `nobody`.
With --folds a killed run goes on: a fold that was finished with the same settings is not trained again.
"""
from __future__ import annotations

import argparse
import csv
import json
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from qieemo_ref import corpora
from qieemo_ref.backbone import Backbone, Streams, extract
from qieemo_ref.config import FusionConfig
from qieemo_ref.corpora import Recording
from qieemo_ref.fusion import Fusion
from qieemo_ref.head import MAIN, Fold, FrozenCorpus, HeadRecipe, run_fold, summary, train
from qieemo_ref.model import write_json
from qieemo_ref.recipe import command, parse
from qieemo_ref.training import Log

ABOUT = {"author": "Qieemo for Java", "description": "A Qieemo-style head on a frozen backbone; fusion equations "
                                                     "reconstructed from the abstract of arXiv 2503.22687."}
NOT_THE_BACKBONES = ("head.pt", "qieemo.json", "checkpoint.pt")


def write_model(folder: Path, backbone: Path, head: Fusion, name: str, **about: str) -> None:
    """The backbone's files (linked, or copied where links are not possible), head.pt and qieemo.json."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in backbone.iterdir():
        target = folder / source.name
        wanted = source.suffix in (".ckpt", ".yaml", ".txt", ".pt") and source.name not in NOT_THE_BACKBONES
        if wanted and not target.exists():
            try:
                target.symlink_to(source.resolve())
            except OSError:
                shutil.copyfile(source, target)
    torch.save({f"qieemo.{key}": value.detach().clone() for key, value in head.state_dict().items()},
               folder / "head.pt")
    given = {key: value for key, value in about.items() if value}
    write_json(folder / "qieemo.json", head.config.to_json(name=name, **(ABOUT | given)))


def write_manifest(file: Path, recordings: list[Recording], seed: int) -> None:
    """For `qieemo evaluate`: every recording with the model that has not heard its speaker; audio as wav/NAME.wav."""
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["file", "label", "speaker", "fold", "model"])
        for r in recordings:
            rows.writerow([f"wav/{r.path.stem}.wav", r.label, r.speaker, f"without-{r.speaker}",
                           f"seed{seed}-without-{r.speaker}.gguf"])


class Folds:
    """The corpus as a backbone sees it: one backbone for all folds, or one for each speaker left out."""

    def __init__(self, args: argparse.Namespace, recipe: HeadRecipe) -> None:
        self.args, self.recipe = args, recipe
        self.recordings = corpora.load(args.corpus, args.data)
        self.labels = corpora.labels_of(args.corpus, self.recordings)
        self.fusion = FusionConfig(
            labels=self.labels, taps_blocks=args.taps, ppg_form=args.ppg, width=args.width, mmf_kind=args.mmf,
            cma_query=args.cma, cma_ffn_width=2 * args.width, cma_norm=args.cma_norm, pooling_kind=args.pooling)

    def backbone(self, speaker: str) -> Path:
        return Path(str(self.args.backbone).replace("{speaker}", speaker))

    def corpus(self, speaker: str) -> FrozenCorpus:
        folder = self.backbone(speaker)
        cache = self.args.cache / folder.name if folder != self.args.backbone else self.args.cache
        backbone = Backbone(folder)
        extract(backbone, self.recordings, cache, self.recipe.copies)
        streams = Streams(cache, self.args.taps, self.fusion.uses_ppg, self.recipe.copies)
        return FrozenCorpus(streams, backbone.config, self.fusion,
                            [self.labels.index(r.label) for r in self.recordings],
                            [r.speaker for r in self.recordings])

    def speakers(self) -> list[str]:
        return self.args.speakers or sorted({r.speaker for r in self.recordings})

    def folder(self, speaker: str, seed: int) -> Path | None:
        return self.args.folds and self.args.folds / f"seed{seed}-without-{speaker}"

    def settings(self) -> dict[str, Any]:
        return {"fusion": self.fusion.to_json(), "recipe": asdict(self.recipe)}

    def done(self, speaker: str, seed: int) -> Fold | None:
        """A fold that an earlier run with the same settings has finished."""
        folder = self.folder(speaker, seed)
        record = folder / "fold.json" if folder else None
        if record is None or not record.exists():
            return None
        found = json.loads(record.read_text(encoding="utf-8"))
        if found["settings"] != json.loads(json.dumps(self.settings())):
            return None
        print(f"{time.strftime('%X')} without speaker {speaker}, seed {seed}: is there", flush=True)
        return Fold(speaker, seed, None, found["losses"], found["truth"], found["found"])

    def finished(self, fold: Fold) -> None:
        right = sum(a == b for a, b in zip(fold.truth, fold.found))
        print(f"{time.strftime('%X')} without speaker {fold.speaker}, seed {fold.seed}: loss {fold.losses[0]:.3f} -> "
              f"{fold.losses[-1]:.3f}, right {right}/{len(fold.truth)}", flush=True)
        folder = self.folder(fold.speaker, fold.seed)
        if folder:
            write_model(folder, self.backbone(fold.speaker), fold.model, folder.name)
            write_json(folder / "fold.json", {"settings": self.settings(), "losses": fold.losses, "truth": fold.truth,
                                              "found": fold.found})

    def run(self) -> list[Fold]:
        """Every seed for one speaker before the next: a backbone's outputs are held once."""
        held: tuple[Path | None, FrozenCorpus | None] = None, None
        folds = []
        for speaker in self.speakers():
            for seed in self.args.seeds:
                fold = self.done(speaker, seed)
                if fold is None:
                    if held[0] != self.backbone(speaker):
                        held = self.backbone(speaker), self.corpus(speaker)
                    fold = run_fold(held[1], self.recipe, speaker, seed)
                    self.finished(fold)
                folds.append(fold)
        return folds


def plot_losses(losses: list[list[float]], folder: Path) -> None:
    """curve.json and curve.png: the loss of each epoch, the mean over the folds."""
    log = Log(folder, "curve")
    log.points = [{"epoch": epoch + 1, "loss": sum(values) / len(values)} for epoch, values in enumerate(zip(*losses))]
    log.save()
    log.plot("epoch", ["loss"])


def evaluate(folds: Folds) -> None:
    args, done = folds.args, folds.run()
    found = summary(done, len(folds.labels))
    print(f"UA {found['ua']:.4f} WA {found['wa']:.4f} macro-F1 {found['macro_f1']:.4f}", flush=True)
    if args.folds:
        plot_losses([fold.losses for fold in done], args.folds)
        for seed in args.seeds:
            write_manifest(args.folds / f"seed{seed}.csv", folds.recordings, seed)
    if args.results:
        write_json(args.results, {
            "what": f"{args.corpus}, {len(folds.labels)} classes, {len(folds.recordings)} utterances, "
                    "leave-one-speaker-out, PyTorch float32, "
                    + ("frozen backbone" if folds.backbone("x") == args.backbone else "a backbone for each fold"),
            "backbone": args.backbone.name, "date": time.strftime("%Y-%m-%d %H:%M"), "torch": torch.__version__,
            "command": command(), "held_out_speakers": folds.speakers(),
            "seeds": args.seeds, "fusion": folds.fusion.to_json(), "recipe": asdict(folds.recipe), **found})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backbone", type=Path, required=True, help="a NeMo folder (k2 layout) or one of train_ctc.py")
    parser.add_argument("--corpus", default="emodb", choices=list(corpora.LOADERS))
    parser.add_argument("--data", type=Path, required=True, help="the corpus's folder")
    parser.add_argument("--cache", type=Path, required=True, help="block outputs are kept here, outside the repository;"
                                                                  " one folder per backbone and corpus")
    parser.add_argument("--results", type=Path, help="a JSON file for the evaluation")
    parser.add_argument("--folds", type=Path, help="write every fold's model folder and a manifest per seed here")
    parser.add_argument("--final", type=Path, help="train on all speakers with the first seed; the folder to write")
    parser.add_argument("--name", help="of the final model; its folder's name where absent")
    parser.add_argument("--license", default="", help="for the final model's metadata: licences and attributions")
    parser.add_argument("--description", default="", help="for the final model's metadata: data, protocol, figures, limits")
    parser.add_argument("--speakers", nargs="+", help="only these folds")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--taps", type=int, nargs="+", default=[4, 5, 6])
    parser.add_argument("--ppg", default="prob", choices=["prob", "log_prob", "logits"])
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--mmf", default="concat", choices=["concat", "gated", "sum", "off"])
    parser.add_argument("--cma", default="off", choices=["emotion", "ppg", "both", "off"])
    parser.add_argument("--cma-norm", default="pre", choices=["pre", "post"])
    parser.add_argument("--pooling", default="stats", choices=["mean_logit", "mean_softmax", "attentive", "stats"])
    for name, value in asdict(MAIN).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    return parse(parser, "head")


def main() -> None:
    args = arguments()
    torch.set_num_threads(1)
    recipe = HeadRecipe(**{key: getattr(args, key) for key in asdict(HeadRecipe())})
    folds = Folds(args, recipe)
    if args.final:
        head, losses = train(folds.corpus("nobody"), recipe, list(range(len(folds.recordings))), args.seeds[0])
        print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f}", flush=True)
        write_model(args.final, folds.backbone("nobody"), head, args.name or args.final.name,
                    license=args.license, description=args.description)
        plot_losses([losses], args.final)
    else:
        evaluate(folds)


if __name__ == "__main__":
    main()
