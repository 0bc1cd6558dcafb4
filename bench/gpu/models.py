"""The whole model in PyTorch beside ours, on one GPU: makes the models, their inputs and expected results, and times
PyTorch eager and compiled (CUDA graphs) on them. `prepare` writes what `org.qieemo.bench.DeviceModel` reads."""
from __future__ import annotations

import argparse
import copy
import json
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "weights-converter/reference"))

from qieemo_ref import encoder as encoder_module  # noqa: E402
from qieemo_ref.config import EncoderConfig  # noqa: E402
from qieemo_ref.export_cases import CASES  # noqa: E402
from qieemo_ref.model import Qieemo, save_folder  # noqa: E402

UTTERANCES = 64
BOUNDS = {"f32": 1e-4, "bf16": 2e-2}
"""Largest difference from double precision: of logits in float32, of probabilities in bfloat16."""


def frames(seconds: int) -> int:
    """Of Kaldi's filter bank, windows that fit."""
    return 100 * seconds - 2


class FeaturesToLogits(nn.Module):
    """Normalised features [B, T, F] -> logits [B, K]: what is timed."""

    def __init__(self, model: Qieemo) -> None:
        super().__init__()
        self.model = model

    def forward(self, features: Tensor) -> Tensor:
        outputs, encoded = self.model.encoder(features)
        logits = self.model.ctc(encoded)
        return self.model.qieemo(self.model.tapped(outputs), logits)["logits"]


def keep_positions(device: str, dtype: torch.dtype) -> None:
    """Position rows stay on the device: the reference makes them anew on the host, which no CUDA graph can hold."""
    tables: dict[tuple[str, int, int], Tensor] = {}
    make = encoder_module.position_table

    def kept(kind: str, frames: int, width: int) -> Tensor:
        if (kind, frames, width) not in tables:
            tables[kind, frames, width] = make(kind, frames, width).to(device, dtype)
        return tables[kind, frames, width]

    encoder_module.position_table = kept


def build(name: str) -> Qieemo:
    """A case of the side-by-side benchmark with PyTorch's random initial weights; features come normalised."""
    case = next(case for case in CASES if case.name == name)
    torch.manual_seed(1)
    return Qieemo(EncoderConfig(**case.encoder, normalization="none"), case.fusion).eval()


def inputs(utterances: int, seconds: int, bins: int) -> Tensor:
    return torch.randn(utterances, frames(seconds), bins, generator=torch.Generator().manual_seed(2))


@torch.inference_mode()
def prepare(args: argparse.Namespace) -> None:
    model = build(args.model)
    folder = args.folder
    tokens = ["<blank>"] + [f"t{index}" for index in range(1, model.config.vocab_size)]
    save_folder(folder / "checkpoint", model, tokens, {"name": args.model})
    features = inputs(args.utterances, max(args.seconds), model.config.input_dim)
    features.numpy().astype("<f4").tofile(folder / "features.f32")
    exact = FeaturesToLogits(copy.deepcopy(model).double()).to(args.device)
    for seconds in args.seconds:
        parts = features[:, :frames(seconds)].double().split(4)
        logits = torch.cat([exact(part.to(args.device)).cpu() for part in parts])
        logits.float().numpy().astype("<f4").tofile(folder / f"expected-{seconds}.f32")


def error(found: Tensor, expected: Tensor, precision: str) -> float:
    if precision == "f32":
        return (found.double() - expected.double()).abs().max().item()
    return (found.double().softmax(-1) - expected.double().softmax(-1)).abs().max().item()


def timed(run, milliseconds: float) -> list[float]:
    """Sorted milliseconds from host to host, which is what our figures are."""
    times: list[float] = []
    while len(times) < 5 or sum(times) < milliseconds and len(times) < 2000:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)


@torch.inference_mode()
def measure(args: argparse.Namespace) -> None:
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    folder = args.folder
    dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[args.precision]
    model = build(args.model)
    keep_positions(args.device, dtype)
    module = FeaturesToLogits(model).to(args.device, dtype)
    forward = torch.compile(module, mode="reduce-overhead", dynamic=False) if args.engine == "compile" else module
    longest, bins = frames(max(args.seconds)), model.config.input_dim
    features = torch.frombuffer(bytearray((folder / "features.f32").read_bytes()), dtype=torch.float32)
    features = features.reshape(-1, longest, bins)
    rows = []
    for seconds in args.seconds:
        raw = bytearray((folder / f"expected-{seconds}.f32").read_bytes())
        expected = torch.frombuffer(raw, dtype=torch.float32).reshape(features.shape[0], -1)
        for batch in args.batches:
            host = features[:batch, :frames(seconds)].contiguous().to(dtype)
            host = host.pin_memory() if args.device == "cuda" else host

            def run() -> Tensor:
                return forward(host.to(args.device, non_blocking=True)).float().cpu()

            row: dict[str, object] = {"batch": batch, "seconds": seconds}
            try:
                module(host.to(args.device))  # makes the position rows before anything is compiled
                for _ in range(5):
                    found = run()
                row["error"] = error(found, expected[:batch], args.precision)
                if not row["error"] <= BOUNDS[args.precision]:
                    row["wrong"] = True
                else:
                    times = timed(run, args.milliseconds)
                    row |= {"runs": len(times), "median_ms": statistics.median(times),
                            "p95_ms": times[int(len(times) * 0.95)], "least_ms": times[0]}
            except Exception as failure:  # a compiler or the memory may fail; the other cells still count
                row["failure"] = f"{type(failure).__name__}: {str(failure).splitlines()[0] if str(failure) else ''}"
            rows.append(row)
            print(json.dumps(row), flush=True)
            write(args, rows)


def write(args: argparse.Namespace, rows: list[dict[str, object]]) -> None:
    device = torch.cuda.get_device_name() if args.device == "cuda" else "cpu"
    args.output.write_text(json.dumps({
        "engine": f"torch {args.engine}", "model": args.model, "precision": args.precision,
        "device": device, "torch": torch.__version__, "rows": rows}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["prepare", "measure"])
    parser.add_argument("--model", required=True, choices=[case.name for case in CASES])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--engine", default="eager", choices=["eager", "compile"])
    parser.add_argument("--precision", default="bf16", choices=["f32", "bf16"])
    parser.add_argument("--utterances", type=int, default=UTTERANCES)
    parser.add_argument("--batches", type=lambda text: [int(n) for n in text.split(",")], default=[1, 8, 64])
    parser.add_argument("--seconds", type=lambda text: [int(n) for n in text.split(",")], default=[5, 15])
    parser.add_argument("--milliseconds", type=float, default=2000)
    parser.add_argument("--output", type=Path)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    prepare(args) if args.task == "prepare" else measure(args)


if __name__ == "__main__":
    main()
