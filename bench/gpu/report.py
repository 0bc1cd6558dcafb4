"""One page of a GPU session's results: what passed, whole models beside PyTorch, kernels beside the peaks."""
from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path


def done(folder: Path) -> list[list[str]]:
    """Name, exit code and seconds of every step, in their order."""
    lines = sorted(path.read_text().strip().split("\t") for path in (folder / "steps").glob("*.tsv"))
    return [line[1:] for line in lines]


def steps(folder: Path) -> list[str]:
    return ["| step | exit code | s |", "|---|---|---|", *("| " + " | ".join(step) + " |" for step in done(folder))]


def counts(folder: Path) -> list[str]:
    """JUnit's own summary of each run of tests."""
    lines = []
    for log in sorted(folder.glob("tests-*.log")):
        said = [line.strip("[] ") for line in log.read_text(errors="replace").splitlines() if "tests " in line]
        kept = [line for line in said if any(word in line for word in ("successful", "failed", "skipped", "aborted"))]
        lines.append(f"- {log.stem}: " + (", ".join(" ".join(line.split()) for line in kept) or "no summary"))
    return lines


def cell(row: dict | None) -> str:
    if row is None:
        return ""
    if "median_ms" in row:
        return f"{row['median_ms']:.3f} (p95 {row['p95_ms']:.3f})"
    return "wrong: " + f"{row['error']:.1e}" if row.get("wrong") else row.get("failure", "")


def whole_models(folder: Path) -> list[str]:
    files = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    runs = [found for found in files if "engine" in found]
    lines = []
    for model in sorted({run["model"] for run in runs}):
        mine = [run for run in runs if run["model"] == model]
        names = [f"{run['engine']} {run['precision']}" for run in mine]
        cells = sorted({(row["batch"], row["seconds"]) for run in mine for row in run["rows"]})
        lines += ["", f"### {model}", "", "| batch x s | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
        for batch, seconds in cells:
            found = [next((row for row in run["rows"] if (row["batch"], row["seconds"]) == (batch, seconds)), None)
                     for run in mine]
            lines.append(f"| {batch} x {seconds} | " + " | ".join(cell(row) for row in found) + " |")
    return lines


def first_answers(folder: Path) -> list[str]:
    """What each process said that began with nothing compiled."""
    return [f"- {log.stem.removeprefix('about-first-')}: {log.read_text(errors='replace').splitlines()[-1]}"
            for log in sorted(folder.glob("about-first-*.log"))]


MEMORY_BOUND = ("layer_norm", "softmax", "scaled_sum", "depthwise", "pool")
LARGE = (64, 15)
"""Batch and seconds."""
MODULE = "ours, convolution module"
CORRECTNESS = ("tests-ops", "tests-cuda", "tests-models",
               *(f"ours-{model}-{precision}" for model in ("wenet-12x256", "17x512") for precision in ("f32", "f16", "bf16")))


def kernel_rows(log: Path) -> list[list[str]]:
    """Kernel, size, us, GFLOP/s, GB/s, largest difference."""
    rows = [[part.strip() for part in line.strip("| \n").split("|")]
            for line in log.read_text(errors="replace").splitlines() if line.startswith("|")]
    return [row for row in rows if len(row) == 6 and row[0] != "kernel" and not row[0].startswith("-")]


def share(value: str, peak: float | None) -> str:
    return "" if not peak else f"{float(value) / peak:.0%}"


def matrix_peak(peaks: dict, precision: str) -> float | None:
    """Largest product of PyTorch's, TFLOP/s; float16 runs on the same units as bfloat16."""
    kind = "f32_" if precision == "f32" else "bf16_"
    found = [value for name, value in peaks.items() if name.startswith(kind) and name.endswith("_tflop_s")]
    return max(found, default=None)


def tables(folder: Path, peaks: dict) -> list[str]:
    lines = []
    for log in sorted(folder.glob("kernels-*.log")):
        rows = kernel_rows(log)
        if rows:
            matrix = matrix_peak(peaks, log.stem.split("-")[1])
            lines += ["", f"### {log.stem}", "",
                      "| kernel | size | us | TFLOP/s | of the matrix peak | GB/s | of the copy peak | largest difference |",
                      "|---" * 8 + "|"]
            for kernel, size, micros, gflops, bandwidth, difference in rows:
                teraflops = f"{float(gflops) / 1e3:.3f}"
                cells = [kernel, size, micros, teraflops, share(teraflops, matrix), bandwidth,
                         share(bandwidth, peaks.get("copy_gb_s")), difference]
                lines.append("| " + " | ".join(cells) + " |")
    return lines


def models(folder: Path) -> dict[tuple[str, str, str], dict[tuple[int, int], dict]]:
    """(engine, model, precision) -> (batch, seconds) -> row."""
    files = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    return {(run["engine"], run["model"], run["precision"]): {(row["batch"], row["seconds"]): row for row in run["rows"]}
            for run in files if "engine" in run}


def milliseconds(runs: dict, engine: str, model: str, cell: tuple[int, int]) -> float | None:
    return runs.get((engine, model, "bf16"), {}).get(cell, {}).get("median_ms")


def codes(folder: Path) -> dict[str, int]:
    return {name: int(code) for name, code, _ in done(folder)}


def module_gain(runs: dict) -> float | None:
    """How many times faster a clip alone is with convolution modules in one launch, in the model where that is least."""
    names = sorted({name for engine, name, _ in runs if engine == MODULE})
    ratios = [quotient(milliseconds(runs, "ours", name, (1, 5)), milliseconds(runs, MODULE, name, (1, 5)))
              for name in names]
    return None if not ratios or None in ratios else min(ratios)


def all_done(found: dict[str, int], *names: str) -> float | None:
    """1 if every one of these steps was done without a failure, None if one is missing; x- stands for all that begin so."""
    steps = [[code for name, code in found.items() if name == wanted or wanted[-1] == "-" and name.startswith(wanted)]
             for wanted in names]
    return None if not all(steps) else float(not any(code for codes_ in steps for code in codes_))


def soaked(folder: Path, found: dict[str, int]) -> float | None:
    """1 if 100,000 inferences left the memory flat, None if there were fewer; 1 for the sanitizer's tools too."""
    log = folder / "soak.log"
    rows = [line.split(",") for line in log.read_text(errors="replace").splitlines()] if log.exists() else []
    counts_ = [int(row[0]) for row in rows if len(row) == 5 and row[0].isdigit()]
    clean = all_done(found, "soak", "sanitize-")
    return clean if max(counts_, default=0) >= 100_000 or clean == 0 else None


def quotient(above: float | None, below: float | None) -> float | None:
    return above / below if above and below else None


def latency(runs: dict, engine: str, cell: tuple[int, int], model: str | None = None) -> float | None:
    """How many times faster ours is, in the model where that is least."""
    names = [model] if model else sorted({name for _, name, _ in runs})
    ratios = [quotient(milliseconds(runs, engine, name, cell), milliseconds(runs, "ours", name, cell))
              for name in names]
    return None if not ratios or None in ratios else min(ratios)


def own_product(folder: Path, peaks: dict) -> float | None:
    log = folder / "kernels-bf16.log"
    rows = kernel_rows(log) if log.exists() else []
    found = [float(row[3]) / 1e3 for row in rows if row[1] == "4096 x 4096 x 4096"]
    return quotient(found[0] if found else None, peaks.get("bf16_4096_tflop_s"))


def least_bandwidth(folder: Path, peaks: dict) -> float | None:
    """Of the memory-bound kernels at the size of a large batch, which is their largest in each log."""
    shares = []
    for log in folder.glob("kernels-*rows.log"):
        shares += [float(row[4]) for row in kernel_rows(log) if row[0] in MEMORY_BOUND]
    return quotient(min(shares, default=None), peaks.get("copy_gb_s"))


def aims(folder: Path, peaks: dict) -> list[str]:
    """The issue's table: what was found, at least, aim."""
    runs, found = models(folder), codes(folder)
    measures = [
        ("all ops and the whole model within the bounds of f32, f16, bf16", all_done(found, *CORRECTNESS), 1, 1, ""),
        ("batch 1, 5 s: times faster than PyTorch eager bf16", latency(runs, "torch eager", (1, 5)), 3, 6, "x"),
        ("the same than torch.compile with CUDA graphs", latency(runs, "torch compile", (1, 5)), 1, 1.5, "x"),
        ("batch 64, 15 s, 17x512: throughput over torch.compile bf16",
         latency(runs, "torch compile", LARGE, "17x512"), 0.8, 1.1, "x"),
        ("own product over cuBLAS (torch), 4096^3 bf16", own_product(folder, peaks), 0.6, 0.85, "%"),
        ("products of warpgroups (off by default): their tests pass", all_done(found, "tests-warpgroup"), 1, 1, ""),
        ("the same, batch 64, 15 s, 17x512: times faster than without",
         quotient(milliseconds(runs, "ours", "17x512", LARGE), milliseconds(runs, "ours, wgmma", "17x512", LARGE)), 1, 1.2, "x"),
        ("convolution modules in one launch (off by default): their tests pass", all_done(found, "tests-module"), 1, 1, ""),
        ("the same, batch 1, 5 s: times faster than without", module_gain(runs), 1, 1.1, "x"),
        ("memory-bound kernels: least share of the copy bandwidth", least_bandwidth(folder, peaks), 0.7, 0.9, "%"),
        ("100,000 inferences, memory flat; compute-sanitizer clean", soaked(folder, found), 1, 1, ""),
    ]
    lines = ["| measure | found | at least | aim | |", "|---|---|---|---|---|"]
    for name, value, least, aim, unit in measures:
        cells = [text(number, unit) for number in (value, least, aim)]
        lines.append("| " + " | ".join([name, *cells, verdict(value, least, aim)]) + " |")
    return lines


def text(value: float | None, unit: str) -> str:
    if value is None:
        return "not measured"
    return {"": "yes" if value == 1 else "no", "x": f"{value:.2f}x", "%": f"{value:.0%}"}[unit]


def verdict(value: float | None, least: float, aim: float) -> str:
    if value is None:
        return ""
    return "aim met" if value >= aim else "met" if value >= least else "**missed**"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    driver = args.folder / "about-driver.log"
    peaks_file = args.folder / "peaks.json"
    peaks = json.loads(peaks_file.read_text()) if peaks_file.exists() else {}
    lines = [f"# GPU session of {datetime.date.today().isoformat()}", "",
             "Made by `bench/gpu-session run`; milliseconds are medians from features on the host to logits on the host.",
             "", "```", *(driver.read_text(errors="replace").splitlines()[1:] if driver.exists() else []), "```", "",
             "## Aims", "", *aims(args.folder, peaks), "", "## Steps", "", *steps(args.folder), "", "## Tests", "", *counts(args.folder), "", "## First answers", "",
             *first_answers(args.folder), "", "## Whole models",
             *whole_models(args.folder), "", "## Kernels", *tables(args.folder, peaks)]
    if peaks:
        lines += ["", "## What PyTorch reaches here", "", "```", json.dumps(peaks, indent=1), "```"]
    args.output.write_text("\n".join(lines) + "\n")
    print(args.output)


if __name__ == "__main__":
    main()
