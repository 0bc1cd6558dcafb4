"""The torchaudio goldens: each folder loads again, and torchaudio itself, where it is installed, agrees."""
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from qieemo_ref.golden_cases import CASES, Case

GOLDENS = Path(__file__).parents[2] / "src-test" / "src" / "test" / "resources" / "goldens"
TORCHAUDIO = [case for case in CASES if case.style == "torchaudio"]
CONSTRUCTOR = ("input_dim", "num_heads", "ffn_dim", "num_layers", "depthwise_conv_kernel_size", "use_group_norm",
               "convolution_first")


@pytest.fixture(params=TORCHAUDIO, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


def test_folder_gives_its_stored_outputs(case: Case) -> None:
    folder, model = GOLDENS / case.name, case.model().eval()
    named = dict(zip(model.checkpoint(), model.state_dict()))  # encoder, CTC head, fusion, in this order
    state = torch.load(folder / "conformer.pt", weights_only=True)
    loaded = {named[name]: value for name, value in state.items()}
    if (folder / "head.pt").exists():
        loaded |= torch.load(folder / "head.pt", weights_only=True)
    missing, unexpected = model.load_state_dict(loaded, strict=False)
    assert not unexpected and all(name.startswith("ctc.") and not case.torchaudio.get("ctc") for name in missing)
    stored = load_file(folder / "golden.safetensors")
    with torch.no_grad():
        layers = model.trace(stored["features"])
    assert {f"f32.{name}" for name in layers} == {name for name in stored if name.startswith("f32.")}
    for name, value in layers.items():
        torch.testing.assert_close(value, stored[f"f32.{name}"], atol=1e-5, rtol=1e-4, msg=name)


def test_torchaudio_gives_the_same(case: Case) -> None:
    torchaudio = pytest.importorskip("torchaudio")
    folder = GOLDENS / case.name
    document = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    conformer = torchaudio.models.Conformer(**{key: document[key] for key in CONSTRUCTOR}).eval()
    prefix = case.torchaudio.get("prefix", "") + "conformer_layers."
    state = torch.load(folder / "conformer.pt", weights_only=True)
    conformer.load_state_dict({name.removeprefix(case.torchaudio.get("prefix", "")): value
                               for name, value in state.items() if name.startswith(prefix)})
    stored = load_file(folder / "golden.safetensors")
    x = stored["f32.subsampled"].unsqueeze(0)
    with torch.no_grad():
        found, _ = conformer(x, torch.tensor([x.shape[1]]))
    torch.testing.assert_close(found[0], stored["f32.encoder"], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("change", ["use_group_norm", "convolution_first"])
def test_the_goldens_tell_the_options_apart(change: str) -> None:
    case = next(case for case in TORCHAUDIO if case.torchaudio.get("convolution_first"))
    model, stored = case.model().eval(), load_file(GOLDENS / case.name / "golden.safetensors")
    state = torch.load(GOLDENS / case.name / "conformer.pt", weights_only=True)
    state = {name: value for name, value in state.items() if name.startswith("encoder.")}
    model.load_state_dict(state, strict=False)
    for layer in model.encoder.conformer_layers:
        if change == "convolution_first":
            layer.convolution_first = False
        else:
            norm = layer.conv_module.sequential[3]
            layer.conv_module.sequential[3] = torch.nn.GroupNorm(2, norm.num_channels)
    with torch.no_grad():
        found = model.encoder(stored["features"].unsqueeze(0))[1][0]
    assert (found - stored["f32.encoder"]).abs().max() > 1e-2
