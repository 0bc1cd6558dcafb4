"""Stage 2: leave-one-speaker-out evaluation on EMO-DB, or the final model over all speakers."""
from __future__ import annotations

import argparse
import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch

from qieemo_ref.config import FusionConfig
from qieemo_ref.data import EMODB_LABELS, TOKENS, FeatureCache
from qieemo_ref.emotion import EmotionData, FrozenStreams, Recipe, build, fold_predictions, train_model
from qieemo_ref.metrics import scores
from qieemo_ref.model import Qieemo, load_folder, save_folder, write_json
from qieemo_ref.training import seed_everything

ABOUT = {
    "name": "qieemo-small-emodb",
    "license": "weights: CC BY 4.0; trained on EMO-DB (Burkhardt et al. 2005), LibriSpeech (CC BY 4.0), "
               "speechocean762; taught in stage 1 by NVIDIA NeMo stt_en_conformer_ctc_small (CC BY 4.0)",
    "author": "Qieemo for Java",
}


def fusion_of(args: argparse.Namespace, width: int) -> FusionConfig:
    return FusionConfig(
        labels=EMODB_LABELS, taps_blocks=args.taps, ppg_form=args.ppg, width=width, mmf_kind=args.mmf,
        cma_query=args.cma, cma_layers=1, cma_heads=4, cma_ffn_width=2 * width, cma_norm=args.cma_norm,
        pooling_kind=args.pooling)


def recipe_of(args: argparse.Namespace) -> Recipe:
    return Recipe(**{key: getattr(args, key) for key in asdict(Recipe())})


def evaluate(args: argparse.Namespace, stage1: Qieemo, fusion: FusionConfig, data: EmotionData) -> None:
    """Leave one speaker out, for every seed; the confusion matrix sums over the seeds."""
    begin = time.monotonic()
    frozen = FrozenStreams(build(stage1, fusion, data.recipe), data)
    speakers = args.speakers or data.speakers()
    pairs_of_seed = {seed: [pair for speaker in speakers
                            for pair in fold_predictions(stage1, fusion, data, frozen, speaker, seed)]
                     for seed in args.seeds}
    per_seed = {seed: scores(*map(list, zip(*pairs)), len(EMODB_LABELS)) for seed, pairs in pairs_of_seed.items()}
    everything = [pair for pairs in pairs_of_seed.values() for pair in pairs]
    total = scores(*map(list, zip(*everything)), len(EMODB_LABELS))
    print(f"WA {total.wa:.4f} UA {total.ua:.4f} macro-F1 {total.macro_f1:.4f}", flush=True)
    if args.results:
        write_json(args.results, {
            "what": "EMO-DB, 7 classes, leave-one-speaker-out", "held_out_speakers": speakers,
            "seeds": args.seeds, "utterances_per_seed": len(everything) // len(args.seeds),
            "date": time.strftime("%Y-%m-%d %H:%M"), "command": shlex.join(["python", *sys.argv]),
            "torch": torch.__version__, "seconds": round(time.monotonic() - begin),
            "stage1": args.stage1_note, "fusion": fusion.to_json(), "recipe": asdict(data.recipe),
            "labels": EMODB_LABELS, **{key: value for key, value in asdict(total).items()},
            "ua_per_seed": {seed: s.ua for seed, s in per_seed.items()},
            "wa_per_seed": {seed: s.wa for seed, s in per_seed.items()}})


def train_final(args: argparse.Namespace, stage1: Qieemo, fusion: FusionConfig, data: EmotionData) -> None:
    """All speakers; nothing is left to test on, so the evaluation's figures stand for this model."""
    seed_everything(args.seeds[0])
    model = build(stage1, fusion, data.recipe)
    everyone = list(range(len(data.cache.utterances)))
    losses = train_model(model, data, FrozenStreams(model, data), everyone)
    print(f"loss {losses[0]:.3f} -> {losses[-1]:.3f}", flush=True)
    save_folder(args.final, model.eval(), TOKENS, ABOUT | {"description": args.description})
    write_json(args.final / "training.json", {"command": shlex.join(["python", *sys.argv]), "losses": losses,
                                              "date": time.strftime("%Y-%m-%d %H:%M")})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="the folder that prepare_features.py wrote")
    parser.add_argument("--stage1", type=Path, required=True, help="the folder `model` that train_ctc.py wrote")
    parser.add_argument("--stage1-note", default="", help="goes into the results: which checkpoint this was")
    parser.add_argument("--results", type=Path, help="a JSON file for the evaluation")
    parser.add_argument("--final", type=Path, help="train on all speakers and write the model folder here")
    parser.add_argument("--description", default="A small Qieemo-style model; fusion equations reconstructed from "
                                                 "the abstract of arXiv 2503.22687.")
    parser.add_argument("--speakers", nargs="+", help="only these folds")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--taps", type=int, nargs="+", default=[4])
    parser.add_argument("--ppg", default="prob", choices=["prob", "log_prob", "logits"])
    parser.add_argument("--mmf", default="concat", choices=["concat", "gated", "sum", "off"])
    parser.add_argument("--cma", default="off", choices=["emotion", "ppg", "both", "off"])
    parser.add_argument("--cma-norm", default="pre", choices=["pre", "post"])
    parser.add_argument("--pooling", default="mean_logit",
                        choices=["mean_logit", "mean_softmax", "attentive", "stats"])
    for name, value in asdict(Recipe()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.set_num_threads(1)
    stage1 = load_folder(args.stage1)
    seed_everything(0)
    data = EmotionData(FeatureCache(args.cache, "emodb"), stage1.encoder.global_cmvn.mean, recipe_of(args))
    fusion = fusion_of(args, stage1.config.output_size)
    if args.final:
        train_final(args, stage1, fusion, data)
    else:
        evaluate(args, stage1, fusion, data)


if __name__ == "__main__":
    main()
