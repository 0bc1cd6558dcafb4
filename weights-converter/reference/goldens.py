"""Writes the golden files: tiny random models, synthetic features, and every layer's output in f32 and f64."""
from __future__ import annotations

import argparse
import copy
import platform
import shutil
import zlib
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from frontend_goldens import write_frontend
from qieemo_ref.encoder import GlobalCmvn
from qieemo_ref.golden_cases import CASES, LABELS, Case
from qieemo_ref.golden_folders import write_folder
from qieemo_ref.model import Qieemo, write_json


def randomize(model: Qieemo, generator: torch.Generator) -> None:
    """Makes every parameter matter: no norm, bias or running statistic stays at its trivial value."""

    def normal(tensor: Tensor, mean: float, deviation: float) -> None:
        tensor.data.copy_(mean + deviation * torch.randn(tensor.shape, generator=generator))

    def positive(tensor: Tensor, low: float, high: float) -> None:
        tensor.data.copy_(low + (high - low) * torch.rand(tensor.shape, generator=generator))

    for name, parameter in model.named_parameters():
        fan_in = parameter[0].numel() if parameter.dim() > 1 else 1
        gain = "norm" in name or ".sequential." in name and parameter.dim() == 1  # torchaudio's norms have numbers
        if gain and name.endswith("weight"):
            positive(parameter, 0.6, 1.4)
        elif "pos_bias" in name or name.endswith("taps.weight"):
            normal(parameter, 0.0, 0.5)
        elif parameter.dim() > 1:
            normal(parameter, 0.0, (1.6 / fan_in) ** 0.5)
        else:
            normal(parameter, 0.0, 0.2)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            normal(module.running_mean, 0.0, 0.3)
            positive(module.running_var, 0.3, 1.5)
            module.num_batches_tracked.fill_(7)
        elif isinstance(module, GlobalCmvn):
            normal(module.mean, 10.0, 2.0)
            positive(module.istd, 0.2, 0.5)


def scale_projection(model: Qieemo, gain: float) -> None:
    for name, parameter in model.encoder.named_parameters():
        name = name.removeprefix("embed.")
        if name.startswith(("out.0.", "linear.")):
            parameter.data.mul_(gain)


def synthetic_features(frames: int, bins: int, generator: torch.Generator) -> Tensor:
    """[T, F]: smooth in time and frequency, at the level of log-mel energies."""
    noise = torch.randn(frames + 4, bins + 2, generator=generator)
    smooth = nn.functional.avg_pool2d(noise[None, None], (5, 3), 1)[0, 0]
    return 10.0 + 6.0 * smooth + torch.randn(frames, bins, generator=generator)


def traces(model: Qieemo, features: Tensor) -> dict[str, Tensor]:
    """`features`, and every layer's output behind `f32.` and `f64.`."""
    tensors = {"features": features}
    with torch.no_grad():
        for prefix, kind in (("f32", torch.float32), ("f64", torch.float64)):
            cast = copy.deepcopy(model).to(kind).eval()
            layers = cast.trace(features.to(kind))
            tensors |= {f"{prefix}.{name}": value.clone() for name, value in layers.items()}
    return tensors


def write_case(folder: Path, case: Case) -> dict[str, object]:
    generator = torch.Generator().manual_seed(zlib.crc32(case.name.encode()))
    model = case.model()
    randomize(model, generator)
    scale_projection(model, case.subsampling_gain)
    features = synthetic_features(case.frames, model.config.input_dim, generator)
    write_folder(folder, case, model)
    tensors = traces(model, features)
    save_file(tensors, folder / "golden.safetensors", metadata={"torch": torch.__version__})
    about = {"torchaudio": case.torchaudio} if case.torchaudio else {}
    return {"name": case.name, "style": case.style, "frames": case.frames, "encoder": case.encoder, **about,
            "fusion": case.fusion, "largest_f32_f64_difference": largest_difference(tensors)}


def largest_difference(tensors: dict[str, Tensor]) -> float:
    """How far float32 strays from float64 in any layer, relative to the layer's largest value."""
    names = [name[4:] for name in tensors if name.startswith("f64.")]
    pairs = [(tensors[f"f32.{name}"].double(), tensors[f"f64.{name}"]) for name in names]
    return max(float((a - b).abs().max() / b.abs().max().clamp_min(1.0)) for a, b in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="the goldens folder; what it held is replaced")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    shutil.rmtree(args.output, ignore_errors=True)
    cases = [write_case(args.output / case.name, case) for case in CASES]
    write_frontend(args.output / "frontend" / "frontend.safetensors")
    write_json(args.output / "index.json", {
        "command": "python goldens.py --output ../../src-test/src/test/resources/goldens",
        "torch": torch.__version__, "python": platform.python_version(), "machine": platform.machine(),
        "labels": LABELS, "frontend": "frontend/frontend.safetensors", "cases": cases})
    size = sum(file.stat().st_size for file in args.output.rglob("*") if file.is_file())
    print(f"{len(cases)} cases, {size / 1e6:.2f} MB, "
          f"largest f32-f64 difference {max(c['largest_f32_f64_difference'] for c in cases):.2e}")


if __name__ == "__main__":
    main()
