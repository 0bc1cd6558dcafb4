"""Writes a golden's model in WeNet's, NeMo's, ESPnet's or torchaudio's dialect."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from . import nemo, torchaudio_conformer
from .config import EncoderConfig
from .golden_cases import NEMO_TOKENS, TOKENS, Case
from .model import Qieemo, save_folder, write_json, write_yaml

ESPNET_NORMALIZE = {"encoder.global_cmvn.mean": "normalize.mean", "encoder.global_cmvn.istd": "normalize.std"}


def about(case: Case) -> dict[str, str]:
    return {"name": f"golden-{case.name}", "license": "public domain: random weights",
            "description": "random weights for parity tests", "author": "Qieemo for Java"}


def split_head(model: Qieemo) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The backbone's tensors, and the fusion's."""
    state = {name: value.detach().clone() for name, value in model.state_dict().items()}
    head = {name: value for name, value in state.items() if name.startswith("qieemo.")}
    return {name: value for name, value in state.items() if name not in head}, head


def write_head(folder: Path, case: Case, head: dict[str, Tensor]) -> None:
    fusion = case.fusion_config()
    if fusion is not None:
        torch.save(head, folder / "head.pt")
        write_json(folder / "qieemo.json", fusion.to_json(**about(case)))


def nemo_config(config: EncoderConfig) -> dict[str, Any]:
    channels = config.subsampling_channels
    return {
        "sample_rate": 16000,
        "preprocessor": {"_target_": "nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor",
                         "sample_rate": 16000, "normalize": "per_feature", "window_size": 0.025,
                         "window_stride": 0.01, "window": "hann", "features": config.input_dim, "n_fft": 512,
                         "log": True, "dither": 1e-5, "pad_to": 0},
        "encoder": {"_target_": "nemo.collections.asr.modules.ConformerEncoder", "feat_in": config.input_dim,
                    "feat_out": -1, "n_layers": config.num_blocks, "d_model": config.output_size,
                    "subsampling": "striding", "subsampling_factor": 4,
                    "subsampling_conv_channels": -1 if channels == config.output_size else channels,
                    "ff_expansion_factor": config.linear_units // config.output_size,
                    "self_attention_model": "rel_pos", "n_heads": config.attention_heads,
                    "att_context_size": [-1, -1], "xscaling": config.input_scale, "untie_biases": True,
                    "pos_emb_max_len": 5000, "conv_kernel_size": config.cnn_module_kernel,
                    "conv_norm_type": "batch_norm"},
        "decoder": {"_target_": "nemo.collections.asr.modules.ConvASRDecoder", "feat_in": config.output_size,
                    "num_classes": config.vocab_size - 1},
    }


def write_nemo(folder: Path, case: Case, model: Qieemo) -> None:
    """model_weights.ckpt, model_config.yaml, vocab.txt (a token per line, without the blank), and the head."""
    backbone, head = split_head(model)
    torch.save(nemo.from_reference(backbone), folder / "model_weights.ckpt")
    write_yaml(folder / "model_config.yaml", nemo_config(model.config))
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in NEMO_TOKENS), encoding="utf-8")
    write_head(folder, case, head)


def espnet_config(config: EncoderConfig) -> dict[str, Any]:
    latest = config.position == "relative"
    return {
        "encoder": "conformer",
        "encoder_conf": {
            "output_size": config.output_size, "attention_heads": config.attention_heads,
            "linear_units": config.linear_units, "num_blocks": config.num_blocks, "input_layer": config.input_layer,
            "normalize_before": True, "macaron_style": config.macaron_style,
            "rel_pos_type": "latest" if latest else "legacy", "pos_enc_layer_type": "rel_pos",
            "selfattention_layer_type": "rel_selfattn", "activation_type": "swish", "use_cnn_module": True,
            "cnn_module_kernel": config.cnn_module_kernel},
        "frontend": None,
        "input_size": config.input_dim,
        "normalize": "global_mvn",
        "token_list": TOKENS,
        "token_type": "char",
    }


def espnet_name(name: str) -> str:
    """ESPnet's name of a tensor; every conv2d* projects through embed.out.0."""
    return ESPNET_NORMALIZE.get(name, name.replace("encoder.embed.linear.", "encoder.embed.out.0."))


def write_espnet(folder: Path, case: Case, model: Qieemo) -> None:
    """config.yaml, valid.acc.ave.pth with `normalize.mean` and `.std` (the features are divided by std), head."""
    backbone, head = split_head(model)
    state = {espnet_name(name): value for name, value in backbone.items()}
    state["normalize.std"] = 1.0 / state["normalize.std"]
    torch.save(state, folder / "valid.acc.ave.pth")
    write_yaml(folder / "config.yaml", espnet_config(model.config))
    write_head(folder, case, head)


def write_units(folder: Path) -> None:
    lines = [f"{token} {index}\n" for index, token in enumerate(TOKENS)]
    (folder / "units.txt").write_text("".join(lines), encoding="utf-8")


def write_torchaudio(folder: Path, case: Case, model: torchaudio_conformer.TorchaudioQieemo) -> None:
    """conformer.pt, config.yaml, units.txt with a CTC head, and the fusion's head."""
    torch.save(model.checkpoint(), folder / "conformer.pt")
    write_yaml(folder / "config.yaml", torchaudio_conformer.document(model.config, model.options))
    if model.options.ctc:
        write_units(folder)
    _, head = split_head(model)
    write_head(folder, case, head)


def write_folder(folder: Path, case: Case, model: Qieemo) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if case.style == "nemo":
        write_nemo(folder, case, model)
    elif case.style == "espnet":
        write_espnet(folder, case, model)
    elif case.style == "torchaudio":
        write_torchaudio(folder, case, model)
    else:
        save_folder(folder, model, TOKENS, about(case))
