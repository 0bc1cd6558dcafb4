"""Head training over cached outputs, on a made-up cache."""
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from qieemo_ref.backbone import Streams, resampled
from qieemo_ref.config import EncoderConfig, FusionConfig
from qieemo_ref.fusion import Fusion
from qieemo_ref.head import FrozenCorpus, HeadRecipe, predict, run_fold, summary, train

WIDTH, VOCABULARY, LABELS = 6, 5, ["a", "b"]
LENGTHS = [[7, 3, 9, 12, 5, 4, 8, 10], [6, 4, 8, 13, 5, 3, 9, 9]]
TRUTH, SPEAKERS = [0, 1] * 4, ["x", "x", "y", "y", "z", "z", "w", "w"]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Two copies; the sign of block 2's first feature tells the label."""
    random = np.random.default_rng(0)
    for copy, lengths in enumerate(LENGTHS):
        (tmp_path / f"copy{copy}.json").write_text(json.dumps({"lengths": lengths}))
        signs = np.repeat([4.0 - 8 * label for label in TRUTH], lengths)
        block = random.normal(size=(sum(lengths), WIDTH)).astype(np.float32)
        block[:, 0] += signs
        np.save(tmp_path / f"copy{copy}-block02.npy", block)
        np.save(tmp_path / f"copy{copy}-ctc.npy",
                random.normal(size=(sum(lengths), VOCABULARY)).astype(np.float32))
    return tmp_path


def corpus(cache: Path, **options: object) -> FrozenCorpus:
    fusion = FusionConfig(labels=LABELS, taps_blocks=[2], width=8, **({"cma_heads": 2, "cma_ffn_width": 16} | options))
    encoder = EncoderConfig(output_size=WIDTH, vocab_size=VOCABULARY)
    return FrozenCorpus(Streams(cache, [2], True, 1), encoder, fusion, TRUTH, SPEAKERS)


def test_drawn_frames_lie_in_their_utterance(cache: Path) -> None:
    data = corpus(cache)
    taps, ppg = data.drawn(torch.tensor([1, 3, 5] * 50), 11, 1)
    assert taps[0].shape == (150, 11, WIDTH) and ppg.shape == (150, 11, VOCABULARY)
    assert (taps[0][..., 0].mean(1) < 0).all()


@pytest.mark.parametrize("pooling", ["mean_logit", "stats"])
def test_a_padded_batch_is_each_utterance_alone(cache: Path, pooling: str) -> None:
    data = corpus(cache, pooling_kind=pooling)
    model, _ = train(data, HeadRecipe(epochs=1, batch=4, copies=1), list(range(8)), seed=1)
    taps, ppg, valid = data.whole([0, 1, 2, 3])
    together = model(taps, ppg, valid)["logits"]
    plain = Fusion(data.fusion, WIDTH, VOCABULARY, 0).eval()
    plain.load_state_dict(model.state_dict())
    starts, lengths = data.streams.starts[0], data.streams.lengths[0]
    for index in range(4):
        rows = slice(int(starts[index]), int(starts[index] + lengths[index]))
        alone = plain([data.streams.blocks[0][rows][None]], data.streams.logits[rows][None])["logits"][0]
        torch.testing.assert_close(together[index], alone, atol=1e-5, rtol=1e-5)


def test_a_separable_corpus_is_learned_without_the_speaker(cache: Path) -> None:
    data = corpus(cache, cma_query="off")
    recipe = HeadRecipe(epochs=40, batch=4, copies=1)
    folds = [run_fold(data, recipe, speaker, seed) for seed in (1, 2) for speaker in ("x", "y", "z", "w")]
    found = summary(folds, len(LABELS))
    assert found["ua"] == 1.0 and found["ua_std"] == 0.0 and len(found["ua_per_speaker"]) == 4
    assert predict(data, folds[0].model, [3, 0]) == [1, 0]


def test_resampling_keeps_a_tone_and_its_level() -> None:
    n = 1600
    tone = torch.sin(2 * torch.pi * 40 * torch.arange(n) / n)
    faster = resampled(tone, 1.25)
    expected = torch.sin(2 * torch.pi * 40 * torch.arange(1280) / 1280)
    torch.testing.assert_close(faster, expected, atol=1e-4, rtol=0)
