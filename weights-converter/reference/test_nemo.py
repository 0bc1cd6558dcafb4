"""The encoder against a real pretrained NeMo Conformer; skips where the data folder is absent."""
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from qieemo_ref import nemo
from qieemo_ref.frontend import kaldi_fbank, per_feature, read_audio
from qieemo_ref.model import Qieemo

DATA = Path(os.environ.get("QIEEMO_DATA", Path(__file__).parents[2] / "shared" / "data"))
FOLDER = DATA / "nemo-conformer-ctc-small"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=f"no {FOLDER.name} in the data folder")


@pytest.fixture(scope="module")
def expected() -> dict[str, torch.Tensor]:
    with np.load(FOLDER / "expected-0.npz") as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays}


def test_filter_bank(expected: dict[str, torch.Tensor]) -> None:
    fbank = kaldi_fbank(read_audio(str(FOLDER / "0.wav")), snip_edges=False)
    torch.testing.assert_close(fbank, expected["fbank"], atol=5e-3, rtol=1e-4)


def test_per_feature_differs_only_by_the_biased_deviation(expected: dict[str, torch.Tensor]) -> None:
    """The stored arrays divide by T, NeMo (and this reference) by T - 1."""
    frames = len(expected["fbank"])
    biased = per_feature(expected["fbank"]) * (frames / (frames - 1)) ** 0.5
    torch.testing.assert_close(biased, expected["fbank_normalised"], atol=1e-3, rtol=1e-4)


def test_every_block(expected: dict[str, torch.Tensor]) -> None:
    config, state = nemo.load(FOLDER)
    model = Qieemo(replace(config, normalization="none"), None)
    model.load_state_dict(state)
    with torch.no_grad():
        layers = model.eval().trace(expected["fbank_normalised"])
    for name in expected.keys() - {"fbank", "fbank_normalised"}:
        torch.testing.assert_close(layers[name], expected[name], atol=1e-3, rtol=1e-4, msg=name)


def test_names_come_back() -> None:
    _, state = nemo.load(FOLDER)
    again = nemo.to_reference(nemo.from_reference(state))
    assert again.keys() == state.keys()
