"""Recipes: a TOML file with a table for each stage, whose keys are the stage's options; the command line wins."""
from __future__ import annotations

import argparse
import shlex
import sys
import tomllib
from pathlib import Path
from typing import Any

from .head import shortened


def parse(parser: argparse.ArgumentParser, stage: str, arguments: list[str] | None = None) -> argparse.Namespace:
    """Parses the command line over the defaults that the table `stage` of --recipe gives.

    Paths in a recipe are relative to the working folder, and `~` and environment variables are not expanded.
    """
    parser.add_argument("--recipe", type=Path, help=f"a TOML file whose table [{stage}] holds values for these options")
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--recipe", type=Path)
    recipe = first.parse_known_args(arguments)[0].recipe
    if recipe is not None:
        values = read(parser, recipe, stage)
        parser.set_defaults(**values)
        for action in parser._actions:
            action.required = action.required and action.dest not in values
    return parser.parse_args(arguments)


def read(parser: argparse.ArgumentParser, recipe: Path, stage: str) -> dict[str, Any]:
    """The table's values by the options' destinations, converted and checked as if they stood on the command line."""
    try:
        table = tomllib.loads(recipe.read_text(encoding="utf-8")).get(stage)
    except (OSError, tomllib.TOMLDecodeError) as error:
        parser.error(f"{recipe}: {error}")
    if not isinstance(table, dict):
        parser.error(f"{recipe} has no table [{stage}]")
    options = {action.option_strings[-1].lstrip("-"): action for action in parser._actions if action.option_strings}
    values = {}
    for key, value in table.items():
        action = options.get(key)
        if action is None:
            parser.error(f"{recipe}: [{stage}] has no option {key!r}; it has {', '.join(sorted(options))}")
        items = value if isinstance(value, list) else [value]
        if isinstance(value, list) != (action.nargs is not None):
            parser.error(f"{recipe}: [{stage}] {key} takes {'a list' if action.nargs else 'one value'}")
        try:
            items = [converted(action, item) for item in items]
        except (TypeError, ValueError) as error:
            parser.error(f"{recipe}: [{stage}] {key}: {error}")
        values[action.dest] = items if isinstance(value, list) else items[0]
    return values


def converted(action: argparse.Action, item: Any) -> Any:
    kind = action.type or str
    found = kind(item)
    if kind is int and found != item:
        raise ValueError(f"{item!r} is not a whole number")
    if action.choices is not None and found not in action.choices:
        raise ValueError(f"{item!r} is none of {', '.join(map(str, action.choices))}")
    return found


def command() -> str:
    """This run's command line, without the folders of this machine."""
    return shlex.join(["python", *map(shortened, sys.argv)])
