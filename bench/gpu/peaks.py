"""What this GPU reaches through PyTorch in this run: copy bandwidth, matrix products in bfloat16 and float32. The
ceilings that shares are quoted against."""
from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch


def seconds(run, device: str, runs: int) -> float:
    """Median of one run, by events on a GPU."""
    for _ in range(3):
        run()
    times = []
    for _ in range(runs):
        if device == "cuda":
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            run()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end) / 1e3)
        else:
            begin = time.perf_counter()
            run()
            times.append(time.perf_counter() - begin)
    return sorted(times)[len(times) // 2]


def copy(device: str, elements: int) -> float:
    """GB/s, read and written."""
    source = torch.randn(elements, device=device)
    target = torch.empty_like(source)
    taken = seconds(lambda: target.copy_(source), device, 10)
    if not torch.equal(source, target):
        raise ValueError("the copy is wrong")
    return 2 * 4 * elements / taken / 1e9


def product(device: str, size: int, dtype: torch.dtype) -> float:
    """TFLOP/s of size^3."""
    a, b = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    taken = seconds(lambda: a @ b.T, device, 10)
    expected = (a[:8].double() @ b[:8].double().T)
    if not torch.allclose((a[:8] @ b[:8].T).double(), expected, rtol=0.05, atol=0.05 * size ** 0.5):
        raise ValueError("the product is wrong")
    return 2 * size ** 3 / taken / 1e12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = False
    big = args.device == "cuda"
    sizes = [1024, 4096, 8192] if big else [256]
    found: dict[str, object] = {"torch": torch.__version__, "copy_gb_s": copy(args.device, 1 << (29 if big else 22))}
    for size in sizes:
        found[f"bf16_{size}_tflop_s"] = product(args.device, size, torch.bfloat16)
    for size in sizes[:2]:
        found[f"f32_{size}_tflop_s"] = product(args.device, size, torch.float32)
    print(json.dumps(found, indent=1))
    args.output.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
