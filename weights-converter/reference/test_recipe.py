"""Recipe files: their values are the options' defaults, the command line wins, and mistakes are named."""
import argparse
from pathlib import Path

import pytest

from qieemo_ref.recipe import parse

RECIPE = Path(__file__).parent / "recipes" / "embedded.toml"


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser()
    found.add_argument("--cache", type=Path, required=True)
    found.add_argument("--batch-frames", type=int, default=5)
    found.add_argument("--taps", type=int, nargs="+", default=[1])
    found.add_argument("--mmf", choices=["concat", "off"], default="off")
    return found


def written(folder: Path, text: str) -> str:
    file = folder / "recipe.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_the_recipe_gives_defaults_and_the_command_line_wins(tmp_path: Path) -> None:
    recipe = written(tmp_path, '[a]\ncache = "x"\nbatch-frames = 7\ntaps = [3, 4]\nmmf = "concat"\n[b]\nnot-ours = 1\n')
    found = parse(parser(), "a", ["--recipe", recipe, "--batch-frames", "9"])
    assert (found.cache, found.batch_frames, found.taps, found.mmf) == (Path("x"), 9, [3, 4], "concat")


@pytest.mark.parametrize("table, said", [
    ("batch = 7", "no option 'batch'"), ("batch-frames = 7.5", "7.5 is not a whole number"),
    ("taps = 3", "takes a list"), ("batch-frames = [1]", "takes one value"), ('mmf = "gated"', "'gated' is none of"),
    ('batch-frames = "many"', "invalid literal")])
def test_a_mistake_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, said: str) -> None:
    with pytest.raises(SystemExit):
        parse(parser(), "a", ["--cache", "x", "--recipe", written(tmp_path, f"[a]\n{table}\n")])
    assert said in capsys.readouterr().err


def test_a_missing_table_and_a_missing_option_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = written(tmp_path, "[a]\nbatch-frames = 7\n")
    for stage, said in (("b", "has no table [b]"), ("a", "--cache")):
        with pytest.raises(SystemExit):
            parse(parser(), stage, ["--recipe", recipe])
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("script, stage", [("prepare_features", "features"), ("train_ctc", "ctc"),
                                           ("adapt_encoder", "adapt"), ("train_head", "head")])
def test_every_stage_takes_the_recipe_of_the_embedded_model(script: str, stage: str) -> None:
    """--help comes after the recipe was read and checked."""
    import subprocess
    import sys
    done = subprocess.run([sys.executable, f"{script}.py", "--recipe", str(RECIPE), "--help"],
                          cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"[{stage}]" in done.stdout
