"""Which block carries emotion: a linear probe on mean || deviation of each block, leave-one-speaker-out on EMO-DB."""
from __future__ import annotations

import argparse
import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from qieemo_ref.data import EMODB_LABELS, FeatureCache
from qieemo_ref.metrics import scores
from qieemo_ref.model import load_folder, write_json


@torch.no_grad()
def summaries(model: torch.nn.Module, cache: FeatureCache) -> dict[str, Tensor]:
    """Per block [utterances, 2d]; `ppg` [utterances, V] is the mean posteriorgram."""
    rows: dict[str, list[Tensor]] = {}
    for utterance in cache.utterances:
        outputs, encoded = model.encoder(cache.features(utterance).unsqueeze(0))
        for block, h in enumerate(outputs):
            rows.setdefault(str(block), []).append(torch.cat([h[0].mean(0), h[0].std(0)]))
        rows.setdefault("ppg", []).append(torch.softmax(model.ctc(encoded)[0], -1).mean(0))
    return {name: torch.stack(values) for name, values in rows.items()}


def logistic(x: Tensor, y: Tensor, penalty: float = 3e-3) -> torch.nn.Linear:
    """Full-batch multinomial regression with an L2 penalty."""
    layer = torch.nn.Linear(x.shape[1], len(EMODB_LABELS))
    torch.nn.init.zeros_(layer.weight)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(layer(x), y) + penalty * layer.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return layer


def leave_one_out(x: Tensor, y: Tensor, speakers: list[str]) -> list[int]:
    predicted = [0] * len(y)
    for speaker in sorted(set(speakers)):
        held = torch.tensor([s == speaker for s in speakers])
        mean, deviation = x[~held].mean(0), x[~held].std(0) + 1e-6
        layer = logistic((x[~held] - mean) / deviation, y[~held])
        found = layer((x[held] - mean) / deviation).argmax(-1)
        for index, value in zip(held.nonzero().flatten().tolist(), found.tolist()):
            predicted[index] = value
    return predicted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--stage1", type=Path, required=True)
    parser.add_argument("--stage1-note", default="")
    parser.add_argument("--results", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cache = FeatureCache(args.cache, "emodb")
    labels = [u.label for u in cache.utterances]
    table = {}
    for name, x in summaries(load_folder(args.stage1), cache).items():
        found = leave_one_out(x, torch.tensor(labels), [u.speaker for u in cache.utterances])
        table[name] = asdict(scores(labels, found, len(EMODB_LABELS)))
        print(f"block {name}: WA {table[name]['wa']:.3f} UA {table[name]['ua']:.3f}", flush=True)
    if args.results:
        write_json(args.results, {"what": "linear probe of each block, EMO-DB, leave-one-speaker-out, 8 speakers",
                                  "date": time.strftime("%Y-%m-%d %H:%M"), "torch": torch.__version__,
                                  "command": shlex.join(["python", *sys.argv]), "stage1": args.stage1_note,
                                  "labels": EMODB_LABELS, "blocks": table})


if __name__ == "__main__":
    main()
