"""The committed goldens: each folder loads again and gives its stored outputs; the two front ends agree."""
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from qieemo_ref.config import EncoderConfig, read_encoder_config
from qieemo_ref.encoder import chunk_mask
from qieemo_ref.frontend import kaldi_fbank, per_feature
from qieemo_ref.model import Qieemo, load_folder
from qieemo_ref.positions import shifted

GOLDENS = Path(__file__).parents[2] / "src-test" / "src" / "test" / "resources" / "goldens"
WENET = sorted(file.parent for file in GOLDENS.glob("*/final.pt"))


@pytest.mark.parametrize("folder", WENET, ids=lambda folder: folder.name)
def test_folder_gives_its_stored_outputs(folder: Path) -> None:
    model, stored = load_folder(folder), load_file(folder / "golden.safetensors")
    with torch.no_grad():
        layers = model.trace(stored["features"])
    assert {f"f32.{name}" for name in layers} == {name for name in stored if name.startswith("f32.")}
    for name, value in layers.items():
        torch.testing.assert_close(value, stored[f"f32.{name}"], atol=1e-5, rtol=1e-4, msg=f"{folder.name}: {name}")


@pytest.mark.parametrize("name,snip", [("kaldi_fbank_snip", True), ("kaldi_fbank_nosnip", False)])
def test_filter_bank_agrees_with_the_independent_one(name: str, snip: bool) -> None:
    stored = load_file(GOLDENS / "frontend" / "frontend.safetensors")
    fbank = kaldi_fbank(stored["signal"], snip_edges=snip)
    torch.testing.assert_close(fbank.double(), stored[name], atol=5e-3, rtol=1e-4)
    assert (fbank - stored[name]).abs().mean() < 1e-4


def test_per_feature_agrees_with_the_independent_one() -> None:
    stored = load_file(GOLDENS / "frontend" / "frontend.safetensors")
    torch.testing.assert_close(per_feature(stored["kaldi_fbank_nosnip"]), stored["per_feature"])


def test_chunk_mask_is_the_written_range() -> None:
    frames, chunk, left = 23, 4, 2
    mask = chunk_mask(frames, chunk, left)
    for i in range(frames):
        allowed = range(max((i // chunk - left) * chunk, 0), min((i // chunk + 1) * chunk, frames))
        assert mask[i].nonzero().flatten().tolist() == list(allowed)


def test_a_padded_batch_equals_its_utterances() -> None:
    folder = GOLDENS / "sub-conv2d"
    model = load_folder(folder)
    features = load_file(folder / "golden.safetensors")["features"]
    short = features[:37]
    batch = torch.nn.utils.rnn.pad_sequence([features, short], batch_first=True)
    lengths = torch.tensor([model.encoder.embed.length(len(f)) for f in (features, short)])
    with torch.no_grad():
        _, padded = model.encoder(batch, lengths)
        _, alone = model.encoder(short.unsqueeze(0))
    torch.testing.assert_close(padded[1, :lengths[1]], alone[0], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind,rows", [("legacy", 9), ("relative", 17)])
def test_shift_is_the_pad_and_reshape_of_espnet(kind: str, rows: int) -> None:
    frames = 9
    scores = torch.randn(2, 3, frames, rows)
    padded = torch.cat([scores.new_zeros(2, 3, frames, 1), scores], dim=-1)
    expected = padded.view(2, 3, rows + 1, frames)[:, :, 1:].reshape(scores.shape)[..., :frames]
    torch.testing.assert_close(shifted(kind, scores), expected)


@pytest.mark.parametrize("case,change", [
    ("norm-eps-1e-12", {"norm_eps": 1e-5}), ("position-legacy", {"position": "relative"}),
    ("position-relative", {"position": "legacy"}), ("position-wenet-unscaled", {"input_scale": True}),
    ("conv-causal", {"causal": False}), ("chunk-left", {"num_left_chunks": 2}),
    ("chunk", {"static_chunk_size": 0}), ("activation-relu", {"activation_type": "swish"}),
    ("norm-last", {"normalize_before": True, "after_norm": False})])
def test_a_golden_tells_its_option_from_another(case: str, change: dict) -> None:
    folder = GOLDENS / case
    model, stored = load_folder(folder), load_file(folder / "golden.safetensors")
    other = Qieemo(replace(model.config, **change), model.fusion_config)
    other.load_state_dict(model.state_dict())
    with torch.no_grad():
        found = other.eval().trace(stored["features"])["encoder"]
    difference = (found - stored["f32.encoder"]).abs().max()
    assert difference > 1e-2


def test_config_comes_back_from_yaml() -> None:
    config = read_encoder_config(GOLDENS / "sub-conv2d8" / "train.yaml")
    assert EncoderConfig.from_yaml(config.to_yaml()) == config
