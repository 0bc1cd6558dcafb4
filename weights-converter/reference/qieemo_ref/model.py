"""The whole model, its folder on disk, and a forward pass that shows every layer."""
from __future__ import annotations

import json
from pathlib import Path

import torch
import yaml
from torch import Tensor, nn

from .config import EncoderConfig, FusionConfig, read_encoder_config, read_fusion_config
from .encoder import ConformerEncoder
from .fusion import Fusion


class CtcHead(nn.Module):
    def __init__(self, vocab_size: int, width: int) -> None:
        super().__init__()
        self.ctc_lo = nn.Linear(width, vocab_size)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, d] -> logits [B, T, V]"""
        return self.ctc_lo(x)


class AsrModel(nn.Module):
    """Stage 1: the encoder and its CTC head, with WeNet's state_dict names."""

    def __init__(self, config: EncoderConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.encoder = ConformerEncoder(config, dropout)
        self.ctc = CtcHead(config.vocab_size, config.output_size)


class Qieemo(AsrModel):
    """Stage 2: the encoder and, where it has labels, the fusion."""

    def __init__(self, config: EncoderConfig, fusion: FusionConfig | None,
                 dropout: float = 0.0, head_dropout: float = 0.0) -> None:
        super().__init__(config)
        self.fusion_config = fusion
        if fusion is not None:
            self.qieemo = Fusion(fusion, config.output_size, config.vocab_size, config.blank, dropout, head_dropout)

    def tapped(self, outputs: list[Tensor]) -> list[Tensor]:
        chosen = [outputs[block] for block in self.fusion_config.taps_blocks]
        return [self.encoder.tap_norm(h) for h in chosen] if self.fusion_config.taps_after_norm else chosen

    def trace(self, features: Tensor) -> dict[str, Tensor]:
        """Features [T, F] of one utterance, before CMVN -> every layer's output, named as the goldens name it."""
        batch = features.unsqueeze(0)
        outputs, encoded = self.encoder(batch)
        logits = self.ctc(encoded)
        layers = {"features_normalized": self.encoder.normalized(batch), "subsampled": outputs[0]}
        layers |= {f"block{index}": h for index, h in enumerate(outputs) if index > 0}
        layers |= {"encoder": encoded, "ctc_logits": logits, "ppg": torch.softmax(logits, -1)}
        if self.fusion_config is not None:
            layers |= self.qieemo(self.tapped(outputs), logits)
        return {name: value.squeeze(0) for name, value in layers.items()}


def write_yaml(path: Path, document: dict) -> None:
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


def save_folder(folder: Path, model: AsrModel, tokens: list[str], about: dict[str, str] | None = None) -> None:
    """Writes final.pt, train.yaml, units.txt and, for a model with labels, qieemo.json."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({name: value.detach().clone() for name, value in model.state_dict().items()}, folder / "final.pt")
    write_yaml(folder / "train.yaml", model.config.to_yaml())
    lines = [f"{token} {index}\n" for index, token in enumerate(tokens)]
    (folder / "units.txt").write_text("".join(lines), encoding="utf-8")
    fusion = getattr(model, "fusion_config", None)
    if fusion is not None:
        write_json(folder / "qieemo.json", fusion.to_json(**(about or {})))


def load_folder(folder: Path) -> Qieemo:
    """Reads a folder that save_folder or train_head.py wrote; the model is in evaluation mode."""
    fusion_file = folder / "qieemo.json"
    fusion = read_fusion_config(fusion_file) if fusion_file.exists() else None
    model = Qieemo(read_encoder_config(folder / "train.yaml"), fusion)
    state = torch.load(folder / "final.pt", map_location="cpu", weights_only=True)
    if (folder / "head.pt").exists():
        state |= torch.load(folder / "head.pt", map_location="cpu", weights_only=True)
    model.load_state_dict(state)
    return model.eval()


def write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
