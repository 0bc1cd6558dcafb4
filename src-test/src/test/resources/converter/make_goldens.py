"""Makes the files beside it: quantised bytes as the gguf package computes them, and what torch.save writes.

    python make_goldens.py        needs numpy, gguf, torch, safetensors
"""
from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.torch import save_file

HERE = Path(__file__).parent


def awkward_rows() -> np.ndarray:
    """[64, 32]: normal values of many scales, ties, zeros, subnormals, one huge row."""
    generator = np.random.default_rng(7)
    rows = generator.standard_normal((64, 32)).astype(np.float32)
    rows *= (10.0 ** generator.integers(-8, 4, (64, 1))).astype(np.float32)
    rows[0] = 0
    rows[1] = np.arange(32, dtype=np.float32) - 16
    rows[2] = (np.arange(32, dtype=np.float32) - 15.5) * 127 / 15.5
    rows[3] = np.linspace(-127, 127, 32, dtype=np.float32).round() + 0.5
    rows[3, 31] = 127
    rows[4] = 0
    rows[4, 5] = 1e-36
    rows[5] = 0
    rows[5, 7] = -6e-8
    rows[6] = 60000 * np.sign(rows[6])
    rows[7, :4] = [-0.0, 2.0**-24, 2.0**-25, 65504]
    rows[8, :4] = [1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-8, 1 + 3 * 2.0**-8]
    return rows


def quantised() -> None:
    rows = awkward_rows()
    rows.tofile(HERE / "rows.f32")
    for kind in (Type.F16, Type.BF16, Type.Q8_0):
        gguf.quants.quantize(rows, kind).tofile(HERE / f"rows.{kind.name.lower()}")


def checkpoint() -> dict[str, torch.Tensor]:
    """Views, tied tensors and every type; each holds small integers, so that all read as the same floats."""
    base = torch.arange(24, dtype=torch.float32)
    state: dict[str, torch.Tensor] = OrderedDict()
    state["module.plain"] = base.reshape(2, 3, 4)
    state["module.transposed"] = base.reshape(4, 6).t()
    state["module.offset"] = base[5:11].reshape(2, 3)
    state["module.strided"] = base[::5]
    state["module.tied"] = state["module.plain"]
    state["module.scalar"] = torch.tensor(7.0)
    state["module.empty"] = torch.zeros(0, 3)
    state["module.parameter"] = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    for dtype in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
                  torch.int8, torch.uint8, torch.bool):
        values = torch.tensor([0, 1, 1, 0]) if dtype == torch.bool else torch.tensor([0, 1, 100, 127])
        state[f"module.{dtype}".replace("torch.", "")] = values.to(dtype)
    return state


def main() -> None:
    quantised()
    state = checkpoint()
    torch.save(state, HERE / "views.pt")
    torch.save({"epoch": 3, "state_dict": state, "lr": 1e-3, "done": False}, HERE / "wrapped.pt")
    torch.save(state, HERE / "legacy.pt", _use_new_zipfile_serialization=False)
    save_file({name.removeprefix("module."): value.detach().clone().contiguous() for name, value in state.items()},
              HERE / "views.safetensors", metadata={"format": "pt"})
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), HERE / "script.pt")


if __name__ == "__main__":
    main()
