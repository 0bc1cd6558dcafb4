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
    }
    return [Case("dev-main", f"dev-{name}", MMF | fusion, recipe, (11,), DEV_SPEAKERS)
            for name, (fusion, recipe) in tried.items()]


def cases(groups: list[str], blocks: int) -> list[Case]:
    known = {"dev-main": dev_main()}
    return [case for group in groups for case in known[group]]
