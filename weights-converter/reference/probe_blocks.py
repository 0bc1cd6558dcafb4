"""A logistic probe on mean || deviation of each block's cached output, beside study.py's heads: it has no seed."""
from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from qieemo_ref import corpora
from qieemo_ref.backbone import Streams
from qieemo_ref.metrics import scores
from qieemo_ref.model import write_json
from qieemo_ref.recipe import command


def pooled(streams: Streams, values: Tensor, deviation: bool) -> Tensor:
    """[utterances, 2d], or the mean alone."""
    parts = values.split(streams.lengths[0].tolist())
    return torch.stack([torch.cat([x.mean(0), x.std(0)]) if deviation else x.mean(0) for x in parts])


def logistic(x: Tensor, y: Tensor, classes: int, penalty: float = 3e-3) -> torch.nn.Linear:
    """Full-batch multinomial regression with an L2 penalty."""
    layer = torch.nn.Linear(x.shape[1], classes)
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
    """The label of each utterance, by a regression that has not heard its speaker."""
    predicted = [0] * len(y)
    for speaker in sorted(set(speakers)):
        held = torch.tensor([s == speaker for s in speakers])
        mean, deviation = x[~held].mean(0), x[~held].std(0) + 1e-6
        layer = logistic((x[~held] - mean) / deviation, y[~held], int(y.max()) + 1)
        found = layer((x[held] - mean) / deviation).argmax(-1)
        for index, value in zip(held.nonzero().flatten().tolist(), found.tolist()):
            predicted[index] = value
    return predicted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="EMO-DB's folder")
    parser.add_argument("--cache", type=Path, required=True, help="what study.py extracted")
    parser.add_argument("--results", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    recordings = corpora.load("emodb", args.data)
    names = corpora.labels_of("emodb", recordings)
    labels = [names.index(r.label) for r in recordings]
    table = {}
    streams = Streams(args.cache, [], True, 0)
    inputs = {"mean PPG": pooled(streams, torch.softmax(streams.logits, -1), False)}
    for block in range(len(list(args.cache.glob("copy0-block*.npy")))):
        streams = Streams(args.cache, [block], False, 0)
        inputs[f"block {block:02d}"] = pooled(streams, streams.blocks[0], True)
    for name, x in inputs.items():
        found = leave_one_out(x, torch.tensor(labels), [r.speaker for r in recordings])
        table[name] = asdict(scores(labels, found, len(names)))
        print(f"{name}: WA {table[name]['wa']:.3f} UA {table[name]['ua']:.3f}", flush=True)
    write_json(args.results, {"what": "EMO-DB, logistic probe of each block, leave-one-speaker-out, 8 speakers",
                              "date": time.strftime("%Y-%m-%d %H:%M"), "torch": torch.__version__, "labels": names,
                              "command": command(), "probes": table})


if __name__ == "__main__":
    main()
