"""Every configuration of the study, by group. Groups named dev-* choose hyper-parameters, on three speakers."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DEV_SPEAKERS = ("03", "09", "14")
SEEDS = (1, 2, 3)


@dataclass
class Case:
    group: str
    name: str
    fusion: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = SEEDS
    speakers: tuple[str, ...] = ()
    """Held out in turn; none: all."""


MMF = {"taps_blocks": [6], "mmf_kind": "concat"}
LONG = {"epochs": 30, "batch": 16}
STUDY = {"epochs": 20, "batch": 16, "frames": 16}
"""What the comparisons of modules use: cheaper than the main configuration's."""


def dev_main() -> list[Case]:
    """What the main configuration needs."""
    tried: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "base": ({}, {}),
        "rate1e-3": ({}, {"rate": 1e-3}),
        "rate4e-3": ({}, {"rate": 4e-3}),
        "stats": ({"pooling_kind": "stats"}, {}),
        "width176": ({"width": 176}, {}),
        "head-dropout.5": ({}, {"head_dropout": 0.5}),
        "decay.1": ({}, {"weight_decay": 0.1}),
        "frames40-epochs25": ({}, {"epochs": 25, "frames": 40}),
        "taps4-8": ({"taps_blocks": [4, 5, 6, 7, 8]}, {}),
        "stats-taps4-8": ({"taps_blocks": [4, 5, 6, 7, 8], "pooling_kind": "stats"}, {}),
        "copies0": ({}, {"copies": 0}),
        "long": ({}, LONG),
        "long-stats": ({"pooling_kind": "stats"}, LONG),
        "long-copies0": ({}, LONG | {"copies": 0}),
        "long-taps56": ({"taps_blocks": [5, 6]}, LONG),
        "long-taps456": ({"taps_blocks": [4, 5, 6]}, LONG),
        "long-taps5": ({"taps_blocks": [5]}, LONG),
        "long-stats-rate4e-3": ({"pooling_kind": "stats"}, LONG | {"rate": 4e-3}),
        "long-stats-width176": ({"pooling_kind": "stats", "width": 176}, LONG),
        "long-attentive": ({"pooling_kind": "attentive"}, LONG),
        "longer": ({}, LONG | {"epochs": 60}),
        "long-stats-taps456": ({"taps_blocks": [4, 5, 6], "pooling_kind": "stats"}, LONG),
        "long-stats-taps3-7": ({"taps_blocks": [3, 4, 5, 6, 7], "pooling_kind": "stats"}, LONG),
        "longer-stats": ({"pooling_kind": "stats"}, LONG | {"epochs": 50}),
        "longer-stats-taps456": ({"taps_blocks": [4, 5, 6], "pooling_kind": "stats"}, LONG | {"epochs": 50}),
        "long-stats-taps456-gated": ({"taps_blocks": [4, 5, 6], "pooling_kind": "stats", "mmf_kind": "gated"}, LONG),
    }
    return [Case("dev-main", f"dev-{name}", MMF | fusion, recipe, (11,), DEV_SPEAKERS)
            for name, (fusion, recipe) in tried.items()]


KINDS = {"none": {}, "mmf": {"mmf_kind": "concat"}, "cma": {"cma_query": "emotion"},
         "mmf+cma": {"mmf_kind": "concat", "cma_query": "emotion"}}


def fusion() -> list[Case]:
    """None, MMF, CMA (pre-norm) and both, at block 6."""
    return [Case("fusion", f"fusion-{name}", {"taps_blocks": [6]} | kind, STUDY) for name, kind in KINDS.items()]


def main_fusion() -> list[Case]:
    """None, MMF, CMA (pre-norm) and both, in the main recipe: around the middle, 50 epochs, four copies."""
    recipe = {"epochs": 50, "batch": 16, "copies": 4}
    return [Case("main", f"main-{name}", {"taps_blocks": [4, 5, 6], "pooling_kind": "stats"} | kind, recipe)
            for name, kind in KINDS.items()]


def embedded_fusion() -> list[Case]:
    """The same for the embedded model's taps and pooling."""
    recipe = {"epochs": 50, "batch": 16, "copies": 4}
    return [Case("embedded", f"embedded-{name}", {"taps_blocks": [3, 4], "pooling_kind": "mean_logit"} | kind, recipe)
            for name, kind in KINDS.items()]


def cma() -> list[Case]:
    """CMA alone at block 6: what it needs to train; fusion-cma is the pre-norm one of width 96 with warm-up."""
    naive = STUDY | {"rate": 1e-3, "warm": -1.0, "copies": 0}
    tried: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[int, ...]]] = {
        "naive": ({"width": 176, "cma_norm": "post"}, naive, SEEDS),
        "naive-warm": ({"width": 176, "cma_norm": "post"}, naive | {"warm": 0.2}, SEEDS),
        "post": ({"cma_norm": "post"}, STUDY, SEEDS),
        "naive-pre": ({"width": 176}, naive, SEEDS),
        "constant-rate": ({}, STUDY | {"warm": -1.0}, (1,)),
        "width64": ({"width": 64}, STUDY, (1,)),
        "dropout.3": ({}, STUDY | {"dropout": 0.3}, (1,)),
        "two-layers": ({"cma_layers": 2}, STUDY, (1,)),
        "query-ppg": ({"cma_query": "ppg"}, STUDY, (1,)),
    }
    warm, wide = naive | {"warm": 0.2}, {"taps_blocks": [6], "width": 176}
    beside = [Case("cma", f"{kind}-as-naive-warm", wide | KINDS[kind], warm) for kind in ("none", "mmf")]
    return beside + [Case("cma", f"cma-{name}", {"taps_blocks": [6], "cma_query": "emotion"} | options, recipe, seeds)
            for name, (options, recipe, seeds) in tried.items()]


def blocks(count: int) -> list[Case]:
    """Every tapped block alone: E' only, a cheap recipe without augmented copies."""
    recipe = {"epochs": 12, "frames": 16, "copies": 0, "rate": 4e-3}
    return [Case("blocks", f"block-{block:02d}", {"taps_blocks": [block]}, recipe) for block in range(count + 1)]


def ppg() -> list[Case]:
    """The PPG's forms, with MMF at block 6; prob with blank is fusion-mmf."""
    return [Case("ppg", f"ppg-{form}-{'blank' if blank else 'no-blank'}",
                 {"taps_blocks": [6], "mmf_kind": "concat", "ppg_form": form, "ppg_blank": blank}, STUDY)
            for form, blank in (("log_prob", True), ("logits", True), ("prob", False), ("log_prob", False),
                                ("logits", False))]


def cases(groups: list[str], count: int) -> list[Case]:
    known = {"dev-main": dev_main(), "fusion": fusion(), "cma": cma(), "main": main_fusion(),
             "embedded": embedded_fusion(), "blocks": blocks(count), "ppg": ppg()}
    return [case for group in groups for case in known[group]]
