"""One page of a GPU session's results: what passed, whole models beside PyTorch, kernels beside the peaks."""
from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path


def steps(folder: Path) -> list[str]:
    lines = ["| step | exit code | s |", "|---|---|---|"]
    for line in (folder / "steps.tsv").read_text().splitlines():
        lines.append("| " + " | ".join(line.split("\t")) + " |")
    return lines


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


def tables(folder: Path) -> list[str]:
    lines = []
    for log in sorted(folder.glob("kernels-*.log")):
        rows = [line for line in log.read_text(errors="replace").splitlines() if line.startswith("|")]
        if rows:
            lines += ["", f"### {log.stem}", "", *rows]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    driver = args.folder / "about-driver.log"
    lines = [f"# GPU session of {datetime.date.today().isoformat()}", "",
             "Made by `bench/gpu-session run`; milliseconds are medians from features on the host to logits on the host.",
             "", "```", *(driver.read_text(errors="replace").splitlines()[1:] if driver.exists() else []), "```", "",
             "## Steps", "", *steps(args.folder), "", "## Tests", "", *counts(args.folder), "", "## Whole models",
             *whole_models(args.folder), "", "## Kernels", *tables(args.folder)]
    peaks = args.folder / "peaks.json"
    if peaks.exists():
        lines += ["", "## What PyTorch reaches here", "", "```", peaks.read_text().strip(), "```"]
    args.output.write_text("\n".join(lines) + "\n")
    print(args.output)


if __name__ == "__main__":
    main()
