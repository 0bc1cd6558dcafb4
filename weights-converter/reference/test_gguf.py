"""What `qieemo convert` writes, read by llama.cpp's own reader; skips where the command line is not built."""
import subprocess
from pathlib import Path

import pytest
import torch

from qieemo_ref.export_cases import in_reference_layout, reference_name
from qieemo_ref.model import load_folder

gguf = pytest.importorskip("gguf")
ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "src-test/src/test/resources/goldens/wide"
pytestmark = pytest.mark.skipif(not (ROOT / "cli/target/qieemo.jar").exists(), reason="needs mvn package")

# how far a value may be off: a part of itself and a part of the largest of its tensor
ROUNDING = {"F32": (0, 0), "F16": (2**-11, 2**-24), "BF16": (2**-8, 0), "Q8_0": (2**-10, 0.51 / 127)}


@pytest.mark.parametrize("kind", ["f32", "f16", "bf16", "q8_0"])
def test_reader_finds_every_value(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    subprocess.run([ROOT / "cli/bin/qieemo", "convert", GOLDEN, "--output", file, "--type", kind], check=True)
    reader = gguf.GGUFReader(file)
    assert reader.fields["GGUF.version"].contents() == 3
    assert reader.fields["general.architecture"].contents() == "qieemo"
    channels = reader.fields["qieemo.subsampling.channels"].contents()
    expected = {name: value for name, value in load_folder(GOLDEN).state_dict().items()
                if not name.endswith("num_batches_tracked")}
    types = set()
    for tensor in reader.tensors:
        name = reference_name(tensor.name)
        shape = tuple(int(size) for size in reversed(tensor.shape))
        found = torch.tensor(gguf.dequantize(tensor.data, tensor.tensor_type)).reshape(shape).float()
        true = expected.pop(name)
        relative, of_largest = ROUNDING[tensor.tensor_type.name]
        off = (in_reference_layout(name, found, channels) - true).abs()
        assert (off <= relative * true.abs() + of_largest * true.abs().max()).all(), name
        types.add(tensor.tensor_type.name)
    assert not expected, "not in the file"
    assert kind.upper() in types
