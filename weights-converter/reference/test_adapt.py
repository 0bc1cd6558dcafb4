"""The adaptation on a made-up cache: a killed run that goes on ends where an unbroken one does."""
import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import torch

import adapt_encoder
from qieemo_ref.data import Utterance, write_index
from qieemo_ref.model import AsrModel
from qieemo_ref.stage1 import Corpus, Teaching
from qieemo_ref.training import save_checkpoint
from train_ctc import small_encoder

TEACHER = 2 * 6


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for name, speakers in (("librispeech", ["a", "b", "1867"]), ("speechocean762", ["c", "d"]), ("emodb", ["03", "08"]),
                           ("emodb~1", ["03", "08"])):
        for suffix, width, rate in (("", 80, 1), ("-teacher", TEACHER, 4)):
            lengths = [60 * 4 // rate] * len(speakers)
            np.save(tmp_path / f"{name}{suffix}.npy", random.normal(size=(sum(lengths), width)).astype(np.float16))
            write_index(tmp_path / f"{name}{suffix}.json",
                        [Utterance(f"u{i}", "", s, "a word") for i, s in enumerate(speakers)], lengths)
    return tmp_path


@pytest.fixture
def stage1(cache: Path, tmp_path: Path) -> Path:
    torch.manual_seed(0)
    folder = tmp_path / "stage1"
    folder.mkdir()
    read = Corpus(cache, ["librispeech", "speechocean762"], True, 1000)
    save_checkpoint(folder / "checkpoint.pt", model=AsrModel(small_encoder()).state_dict(),
                    teaching=Teaching(160, read).state_dict())
    return folder


def arguments(cache: Path, stage1: Path, output: Path) -> argparse.Namespace:
    return argparse.Namespace(cache=cache, stage1=stage1, output=output, without="08", copies=1, emotional_steps=2,
                              emotional_rate=1e-3, joint_steps=2, joint_rate=1e-3, batch=2, read_batch=2,
                              student_block=4, seed=1)


def test_a_killed_run_goes_on(cache: Path, stage1: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapt_encoder, "REPORT", 1)
    adapt_encoder.Adaptation(arguments(cache, stage1, tmp_path / "whole")).run()

    killed = adapt_encoder.Adaptation(arguments(cache, stage1, tmp_path / "killed"))
    steps = killed.train_step

    def dies_in_the_last_step() -> dict[str, float]:
        if killed.step == 3:
            raise KeyboardInterrupt
        return steps()

    monkeypatch.setattr(killed, "train_step", dies_in_the_last_step)
    with pytest.raises(KeyboardInterrupt):
        killed.run()
    again = adapt_encoder.Adaptation(arguments(cache, stage1, tmp_path / "killed"))
    assert again.step == 3
    again.run()

    whole, resumed = (torch.load(tmp_path / name / "final.pt", weights_only=True) for name in ("whole", "killed"))
    assert all(torch.equal(whole[key], resumed[key]) for key in whole)
    curve = json.loads((tmp_path / "killed" / "curve.json").read_text())
    assert [p["step"] for p in curve] == [1, 2, 3, 4, 4] and "dev_cer" in curve[-1]
    assert (tmp_path / "killed" / "curve.png").stat().st_size > 1000


def test_the_speaker_left_out_is_not_heard(cache: Path, stage1: Path, tmp_path: Path) -> None:
    adaptation = adapt_encoder.Adaptation(arguments(cache, stage1, tmp_path / "out"))
    assert {u.speaker for _, u in adaptation.emotional.train} == {"03"}
