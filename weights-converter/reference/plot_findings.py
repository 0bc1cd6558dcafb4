"""docs/findings-blocks.png, docs/findings-fusion.png and, on standard output, the tables of docs/findings.md.

The figures are the Java engine's (cases of any results/java-BACKBONE-*.json) where it evaluated a case, and else PyTorch's:
the tables mark those with `torch`, and tell the largest difference between the two.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

BACKBONES = [("nemo", "NeMo Conformer-CTC small, 16 blocks", "tab:blue"),
             ("small", "embedded model's encoders, 8 blocks", "tab:orange")]


def cases_of(file: Path) -> dict[str, Any]:
    """The study's cases by name, with the Java engine's figures where there are some."""
    cases = json.loads(file.read_text(encoding="utf-8"))["cases"] if file.exists() else {}
    java: dict[str, Any] = {}
    for java_file in file.parent.glob(f"java-{file.name.split('-')[0]}-*.json"):
        java |= json.loads(java_file.read_text(encoding="utf-8")).get("cases", {})
    for name, case in cases.items():
        case["ua_per_seed"] = list(case["ua_per_seed"].values())
        case["difference"] = None
        if name in java:
            found = java[name]
            if found["seeds"] != case["seeds"]:
                raise ValueError(f"{name}: the Java engine's figures are of other seeds than those of {file.name}")
            case["difference"] = max(abs(a - b) for a, b in zip(found["ua_per_seed"], case["ua_per_seed"]))
            case |= {key: value for key, value in found.items() if key.startswith(("ua", "wa", "macro_f1"))}
    return cases


def plot_blocks(results: Path, image: Path) -> None:
    """UA by tapped block: the E'-only head over seeds with its spread, and the logistic probe."""
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    for short, title, colour in BACKBONES:
        heads = {int(name[-2:]): case for name, case in cases_of(results / f"{short}-blocks.json").items()}
        blocks = sorted(heads)
        if blocks:
            axes.errorbar(blocks, [heads[b]["ua"] for b in blocks], yerr=[heads[b]["ua_std"] for b in blocks],
                          color=colour, marker="o", capsize=3, label=f"{title}: E' only head, 3 seeds ± std")
        probe_file = results / f"{short}-probe.json"
        if probe_file.exists():
            probes = json.loads(probe_file.read_text(encoding="utf-8"))["probes"]
            probed = {int(name[-2:]): found["ua"] for name, found in probes.items() if name.startswith("block")}
            axes.plot(list(probed), list(probed.values()), color=colour, linestyle="--", marker="x", alpha=0.7,
                      label=f"{title}: logistic probe")
    axes.set(xlabel="tapped block (0 = subsampled input)", ylabel="UA", ylim=(0.3, 1.0),
             title="EMO-DB, 7 classes, leave-one-speaker-out, frozen backbone")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="lower left")
    figure.tight_layout()
    figure.savefig(image, dpi=110)


def bars(axes: Any, title: str, cases: dict[str, Any], strong: Any) -> None:
    """A bar per configuration, a dot per seed."""
    for row, case in enumerate(cases.values()):
        seeds = case["ua_per_seed"]
        axes.barh(row, case["ua"], color="tab:blue" if strong(case) else "lightsteelblue")
        axes.plot(seeds, [row] * len(seeds), "k.", markersize=5)
    axes.set_yticks(range(len(cases)), list(cases))
    axes.invert_yaxis()
    axes.set(xlim=(0.5, 1.0), title=title)
    axes.grid(axis="x", alpha=0.3)


def plot_fusion(results: Path, image: Path) -> None:
    """UA of the modules in each backbone's own recipe, and of CMA's variants and the PPG's forms at one block."""
    own = {name.replace("main-", "NeMo, ").replace("embedded-", "small, "): case
           for file in ("nemo-main-fusion.json", "small-fusion.json") for name, case in cases_of(results / file).items()}
    varied = cases_of(results / "nemo-fusion.json") | cases_of(results / "nemo-ppg.json")
    varied = {name.removeprefix("fusion-"): case for name, case in varied.items()}
    figure, (above, below) = pyplot.subplots(
        2, 1, figsize=(8, 0.34 * (len(own) + len(varied)) + 2.2), height_ratios=[len(own) + 1, len(varied) + 1])
    bars(above, "EMO-DB, leave-one-speaker-out, frozen backbone: main recipe", own, lambda case: case["group"] == "main")
    bars(below, "NeMo, block 6, cheaper recipe", varied, lambda case: case["group"] == "fusion")
    below.set(xlabel="UA (bar: mean; dot: one seed)")
    figure.tight_layout()
    figure.savefig(image, dpi=110)


def spread(case: dict[str, Any], key: str) -> str:
    deviation = case[f"{key}_std"]
    return f"{case[key]:.3f}".lstrip("0") + ("" if deviation is None else f" ± {deviation:.3f}".replace(" 0.", " ."))


def origin(case: dict[str, Any]) -> str:
    """Which engine a row's figures are from, and how far PyTorch's UA is from Java's in any seed."""
    return "torch" if case["difference"] is None else f"Java, {case['difference']:.4f}"


def print_blocks(results: Path) -> None:
    for short, title, _ in BACKBONES:
        probe_file = results / f"{short}-probe.json"
        probes = json.loads(probe_file.read_text(encoding="utf-8"))["probes"] if probe_file.exists() else {}
        print(f"\n{title}\n\n| block | UA, head | WA, head | UA, probe | by |\n|---|---|---|---|---|")
        for name, case in sorted(cases_of(results / f"{short}-blocks.json").items()):
            probe = probes.get(name.replace("-", " "))
            print(f"| {int(name[-2:])} | {spread(case, 'ua')} | {spread(case, 'wa')} | "
                  + (f"{probe['ua']:.3f}".lstrip("0") if probe else "") + f" | {origin(case)} |")


def print_cases(results: Path) -> None:
    for file in ("nemo-main-fusion.json", "small-fusion.json", "nemo-fusion.json", "nemo-ppg.json", "nemo-dev.json"):
        print(f"\n{file}\n\n| configuration | seeds | UA | WA | macro-F1 | by |\n|---|---|---|---|---|---|")
        for name, case in cases_of(results / file).items():
            print(f"| {name} | {len(case['seeds'])} | " + " | ".join(spread(case, k) for k in ("ua", "wa", "macro_f1"))
                  + f" | {origin(case)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--docs", type=Path, default=Path(__file__).parents[2] / "docs")
    args = parser.parse_args()
    plot_blocks(args.results, args.docs / "findings-blocks.png")
    plot_fusion(args.results, args.docs / "findings-fusion.png")
    print_blocks(args.results)
    print_cases(args.results)


if __name__ == "__main__":
    main()
