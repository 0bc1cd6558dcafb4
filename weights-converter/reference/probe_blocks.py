"""A logistic probe on mean || deviation of each block's cached output, beside study.py's heads: it has no seed."""
from __future__ import annotations

import argparse
import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from probe import leave_one_out
from qieemo_ref import corpora
from qieemo_ref.backbone import Streams
from qieemo_ref.head import shortened
from qieemo_ref.metrics import scores
from qieemo_ref.model import write_json


def pooled(streams: Streams, values: Tensor, deviation: bool) -> Tensor:
    """[utterances, 2d], or the mean alone."""
    parts = values.split(streams.lengths[0].tolist())
    return torch.stack([torch.cat([x.mean(0), x.std(0)]) if deviation else x.mean(0) for x in parts])


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
                              "command": shlex.join(["python", *map(shortened, sys.argv)]), "probes": table})


if __name__ == "__main__":
    main()
