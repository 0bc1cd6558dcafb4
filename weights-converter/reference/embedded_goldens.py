"""What PyTorch hears in the sample recordings with the weights that were converted to the embedded model."""
from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path

import torch

from qieemo_ref.frontend import kaldi_fbank, read_audio
from qieemo_ref.model import Qieemo, load_folder, write_json


@torch.no_grad()
def probabilities(model: Qieemo, wav: Path) -> dict[str, float]:
    layers = model.trace(kaldi_fbank(read_audio(str(wav))))
    return dict(zip(model.fusion_config.labels, layers["probabilities"].tolist()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the folder that train_head.py --final wrote")
    parser.add_argument("--audio", type=Path, required=True, help="a folder of 16 kHz WAV files")
    parser.add_argument("--temperature", type=float, help="what qieemo calibrate stored; default: the folder's")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    model = load_folder(args.model)
    if args.temperature:
        model.fusion_config.temperature = args.temperature
    write_json(args.output, {
        "command": shlex.join(["python", Path(sys.argv[0]).name, "--model", args.model.name,
                               "--audio", "../../cli/samples", "--temperature", str(model.fusion_config.temperature),
                               "--output", args.output.name]),
        "date": time.strftime("%Y-%m-%d"), "torch": torch.__version__,
        "probabilities": {wav.name: probabilities(model, wav) for wav in sorted(args.audio.glob("*.wav"))}})


if __name__ == "__main__":
    main()
