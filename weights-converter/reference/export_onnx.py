"""Exports whole models for the side-by-side benchmark: ONNX, ONNX int8, TorchScript and GGUF of the same weights.

Every form takes normalised features [1, T, F] and gives logits [1, K], T being free.
"""
from __future__ import annotations

import argparse
import contextlib
import logging
import os
import platform
import shutil
import subprocess
import warnings
import zlib
from pathlib import Path
from typing import Iterator

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from goldens import randomize
from qieemo_ref.export_cases import CASES, ExportCase, embedded_model
from qieemo_ref.golden_folders import split_head
from qieemo_ref.model import Qieemo, save_folder, write_json

HERE = Path(__file__).resolve().parent
OPSET = 17
CHECK_SECONDS = 3
TRACE_SECONDS = 2
FLOP_SECONDS = (2, 5, 16)
FLOP_CHECK_SECONDS = 60
AGREEMENT = 1e-3
"""How far ONNX and TorchScript may be from PyTorch, on logits."""


class FeaturesToLogits(nn.Module):
    """Normalised features [1, T, F] -> logits [1, K]: what is timed."""

    def __init__(self, model: Qieemo) -> None:
        super().__init__()
        self.model = model
        self.eval()  # the exporter gives the module back in the mode that it found

    def forward(self, features: Tensor) -> Tensor:
        outputs, encoded = self.model.encoder(features)
        logits = self.model.ctc(encoded)
        return self.model.qieemo(self.model.tapped(outputs), logits)["logits"]


def frames(seconds: int) -> int:
    """T of Kaldi's filter bank, windows that fit (25 ms, every 10 ms)."""
    return 100 * seconds - 2


def features(seconds: int, bins: int, seed: int) -> Tensor:
    return torch.randn(1, frames(seconds), bins, generator=torch.Generator().manual_seed(seed))


def build(case: ExportCase, nemo: Path | None) -> tuple[Qieemo, str]:
    """The model in evaluation mode, and where its weights come from."""
    if case.name == "embedded":
        return embedded_model(HERE / "../../engine/src/main/resources/org/qieemo/embedded.gguf"), "the shipped model"
    config, state = case.backbone(nemo)
    model = Qieemo(config, case.fusion)
    randomize(model, torch.Generator().manual_seed(zlib.crc32(case.name.encode())))
    if state is not None:
        model.load_state_dict(state, strict=False)
    return model.eval(), "random, seeded" if state is None else "NeMo's encoder, random head"


@contextlib.contextmanager
def features_as_they_are(model: Qieemo) -> Iterator[None]:
    """Inside, the encoder takes normalised features."""
    before, model.encoder.config.normalization = model.encoder.config.normalization, "none"
    try:
        yield
    finally:
        model.encoder.config.normalization = before


def export(model: Qieemo, folder: Path) -> None:
    """model.onnx, model-int8.onnx and model.pt."""
    module, example = FeaturesToLogits(model), features(TRACE_SECONDS, model.config.input_dim, 1)
    traced = torch.jit.freeze(torch.jit.trace(module, example, check_trace=False))
    traced.save(str(folder / "model.pt"))
    path = folder / "model.onnx"
    torch.onnx.export(module, (example,), str(path), dynamo=False, opset_version=OPSET, input_names=["features"],
                      output_names=["logits"], dynamic_axes={"features": {1: "frames"}})
    onnx.checker.check_model(str(path))
    prepared = folder / "prepared.onnx"
    quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(prepared, folder / "model-int8.onnx", weight_type=QuantType.QInt8, per_channel=True,
                     op_types_to_quantize=["MatMul", "Gemm"])  # its ConvInteger is slower than the f32 convolution
    prepared.unlink()


def difference(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(found - expected).max())


def verify(model: Qieemo, folder: Path) -> dict[str, object]:
    """Runs every exported form on features longer than the traced ones; writes them for the Java engines."""
    x = features(CHECK_SECONDS, model.config.input_dim, 2)
    expected = FeaturesToLogits(model)(x).numpy()
    sessions = {name: onnxruntime.InferenceSession(str(folder / file), providers=["CPUExecutionProvider"])
                for name, file in (("onnx", "model.onnx"), ("onnx-int8", "model-int8.onnx"))}
    found = {name: session.run(None, {"features": x.numpy()})[0] for name, session in sessions.items()}
    found["torchscript"] = torch.jit.load(str(folder / "model.pt"))(x).numpy()
    differences = {name: difference(logits, expected) for name, logits in found.items()}
    for name in ("onnx", "torchscript"):
        if not differences[name] <= AGREEMENT:
            raise ValueError(f"{folder.name}: {name} is {differences[name]:.2e} from PyTorch, more than {AGREEMENT}")
    x.numpy().astype("<f4").tofile(folder / "check.features.f32")
    return {"frames": x.shape[1], "logits": expected[0].tolist(), "difference_from_pytorch": differences}


def flops(model: Qieemo, seconds: int) -> int:
    """2 x multiply-adds of one forward, without the position projections, which depend on the length alone."""
    meta = FeaturesToLogits(model)
    counter = FlopCounterMode(display=False)
    with counter:
        meta(torch.empty(1, frames(seconds), model.config.input_dim, device="meta"))
    parts = counter.get_flop_counts()
    positions = sum(sum(ops.values()) for name, ops in parts.items() if name.endswith("linear_pos"))
    return counter.get_total_flops() - positions


def flop_polynomial(model: Qieemo) -> list[float]:
    """[a, b, c] of a + b s + c s^2 for whole seconds s; checked against one more length."""
    meta = Qieemo(model.config, model.fusion_config).eval().to("meta")
    with features_as_they_are(meta):
        counts = [float(flops(meta, seconds)) for seconds in FLOP_SECONDS]
        coefficients = np.linalg.solve(np.vander(np.array(FLOP_SECONDS, float), increasing=True), np.array(counts))
        expected = flops(meta, FLOP_CHECK_SECONDS)
    predicted = sum(c * FLOP_CHECK_SECONDS ** power for power, c in enumerate(coefficients))
    if abs(predicted / expected - 1) > 1e-6:
        raise ValueError(f"floating-point operations are no quadratic: {predicted} for {expected}")
    return coefficients.tolist()


def write_checkpoint(case: ExportCase, model: Qieemo, folder: Path, nemo: Path | None) -> None:
    """The folder that the converter reads: the reference's own, or NeMo's files with the head beside them."""
    if nemo is not None and case.nemo:
        folder.mkdir(parents=True)
        for name in ("model_weights.ckpt", "model_config.yaml", "tokens.txt"):
            os.symlink((nemo / name).resolve(), folder / name)
        torch.save(split_head(model)[1], folder / "head.pt")
        write_json(folder / "qieemo.json", model.fusion_config.to_json(name=case.name))
        return
    tokens = ["<blank>"] + [f"t{index}" for index in range(1, model.config.vocab_size)]
    if model.config.blank != 0:
        tokens = tokens[1:] + tokens[:1]
    save_folder(folder, model, tokens, {"name": case.name})


def convert(checkpoint: Path, folder: Path) -> None:
    for kind in ("f32", "q8_0"):
        command = [HERE / "../../cli/bin/qieemo", "convert", checkpoint, "--output", folder / f"model.{kind}.gguf",
                   "--type", kind]
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


@torch.no_grad()
def write_case(case: ExportCase, folder: Path, nemo: Path | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model, origin = build(case, nemo)
    write_checkpoint(case, model, folder / "checkpoint", nemo)
    convert(folder / "checkpoint", folder)
    with features_as_they_are(model):
        export(model, folder)
        check = verify(model, folder)
    if model.config.normalization == "global":
        cmvn = model.encoder.global_cmvn
        torch.stack([cmvn.mean, cmvn.istd]).numpy().astype("<f4").tofile(folder / "cmvn.f32")
    write_json(folder / "case.json", {
        "name": case.name, "weights": origin, "parameters": sum(p.numel() for p in model.parameters()),
        "bins": model.config.input_dim, "normalization": model.config.normalization,
        "labels": model.fusion_config.labels, "temperature": model.fusion_config.temperature,
        "flop": flop_polynomial(model),
        "check": check, "torch": torch.__version__, "onnxruntime": onnxruntime.__version__,
        "python": platform.python_version()})
    print(f"{case.name}: {origin}; differences from PyTorch {check['difference_from_pytorch']}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="a folder outside version control")
    parser.add_argument("--cases", nargs="+", default=[case.name for case in CASES],
                        choices=[case.name for case in CASES])
    parser.add_argument("--nemo", type=Path, default=HERE / "../../../shared/data/nemo-conformer-ctc-small",
                        help="NeMo's folder; where it is absent, nemo-small gets random weights")
    args = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Constant folding")
    logging.getLogger().setLevel(logging.ERROR)
    nemo = args.nemo if (args.nemo / "model_weights.ckpt").exists() else None
    for case in CASES:
        if case.name in args.cases:
            write_case(case, args.output / case.name, nemo)


if __name__ == "__main__":
    main()
