"""Stage 1: the encoder and a character CTC head on speech-text pairs, optionally taught by a frozen NeMo encoder.

The learning rate follows the wall clock and reaches zero at --minutes, however fast the machine is.
A killed run goes on from its checkpoint with the minutes that were left.
"""
from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from qieemo_ref.config import EncoderConfig
from qieemo_ref.data import TOKENS, Utterance
from qieemo_ref.model import AsrModel, save_folder
from qieemo_ref.recipe import parse
from qieemo_ref.stage1 import Corpus, Example, Teaching, augmented, ctc_loss, encode
from qieemo_ref.training import Log, save_checkpoint, seed_everything, set_rate, warm_cosine

def small_encoder() -> EncoderConfig:
    """The embedded model's encoder: rows of all linear weights are multiples of 32."""
    return EncoderConfig(input_dim=80, vocab_size=len(TOKENS), output_size=160, attention_heads=4, linear_units=512,
                         num_blocks=8, input_layer="conv2d", subsampling_channels=64, position="wenet",
                         cnn_module_kernel=15, normalization="per_feature_population")


def greedy(logits: Tensor) -> list[int]:
    """[T', V] -> token ids without repeats and blanks."""
    best = torch.unique_consecutive(logits.argmax(-1))
    return best[best != 0].tolist()


def edit_distance(a: list[int], b: list[int]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


@torch.no_grad()
def character_error_rate(model: AsrModel, corpus: Corpus, stride: int) -> float:
    """Of greedy CTC over every `stride`-th utterance of the held-out speakers."""
    errors = total = 0
    shown = ""
    for name, utterance in corpus.dev[::stride]:
        example = corpus.example(name, utterance)
        _, encoded = model.encoder(example.features.unsqueeze(0))
        found = greedy(model.ctc(encoded)[0])
        errors += edit_distance(found, example.tokens)
        total += len(example.tokens)
        shown = "".join(TOKENS[i] for i in found).replace("▁", " ")
    print(f"  e.g. {shown}", flush=True)
    return errors / total


class Trainer:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        args.output.mkdir(parents=True, exist_ok=True)
        self.corpus = Corpus(args.cache, args.corpora, args.teacher_weight > 0, args.longest)
        self.model = AsrModel(small_encoder(), dropout=args.dropout)
        parameters = list(self.model.parameters())
        self.teaching = None
        if args.teacher_weight > 0:
            self.teaching = Teaching(self.model.config.output_size, self.corpus)
            parameters += list(self.teaching.parameters())
        self.optimizer = torch.optim.AdamW([{"params": parameters, "peak": args.rate}], betas=(0.9, 0.98),
                                           weight_decay=args.weight_decay, fused=True)
        self.log = Log(args.output, "curve")
        self.seconds, self.step, self.epoch, self.audio = 0.0, 0, 0, 0.0
        self.checkpoint = args.output / "checkpoint.pt"
        if self.checkpoint.exists():
            self.resume()

    def resume(self) -> None:
        state = torch.load(self.checkpoint, map_location="cpu", weights_only=False)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.teaching is not None:
            self.teaching.load_state_dict(state["teaching"])
        self.seconds, self.step, self.epoch, self.audio = state["progress"]

    def save(self) -> None:
        save_checkpoint(self.checkpoint, model=self.model.state_dict(), optimizer=self.optimizer.state_dict(),
                        teaching=self.teaching.state_dict() if self.teaching is not None else None,
                        progress=(self.seconds, self.step, self.epoch, self.audio))
        save_folder(self.args.output / "model", self.model, TOKENS)
        self.log.save()

    def losses(self, examples: list[Example]) -> tuple[Tensor, list[Tensor]]:
        """The CTC loss per token and the teacher's three losses."""
        features = [augmented(e.features, self.args.noise, self.args.masks) for e in examples]
        batch = encode(self.model, features, self.args.student_block)
        taught = []
        if self.teaching is not None:
            taught = self.teaching([batch.student, batch.encoded], [e.teacher for e in examples], batch.lengths)
        return ctc_loss(self.model, batch, [e.tokens for e in examples]), taught

    def train_step(self, batch: list[tuple[str, Utterance]]) -> dict[str, float]:
        examples = [self.corpus.example(name, u) for name, u in batch]
        set_rate(self.optimizer, warm_cosine(self.progress()))
        ctc, taught = self.losses(examples)
        weights = [self.args.teacher_weight, self.args.teacher_weight, self.args.slow_weight]
        loss = ctc + sum(weight * error for weight, error in zip(weights, taught))
        self.optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        if torch.isfinite(norm):
            self.optimizer.step()
        return {"ctc": ctc.item(), "norm": norm.item(), **{f"teacher{i}": t.item() for i, t in enumerate(taught)}}

    def progress(self) -> float:
        return self.seconds / (60 * self.args.minutes)

    def run(self) -> None:
        last_save = time.monotonic()
        while self.progress() < 1:
            self.model.train()
            recent: list[dict[str, float]] = []
            for batch in self.corpus.batches(self.args.batch_frames, shortest_first=self.epoch == 0):
                begin = time.monotonic()
                recent.append(self.train_step(batch))
                self.seconds += time.monotonic() - begin
                self.step += 1
                self.audio += sum(u.frames for _, u in batch) / 100
                if self.step % 50 == 0:
                    self.report(recent)
                    recent = []
                if self.progress() >= 1:
                    break
                if time.monotonic() - last_save > 300:
                    self.save()
                    last_save = time.monotonic()
            self.epoch += 1
            self.evaluate()
            self.save()
        self.log.plot("minutes", ["ctc", "teacher0", "teacher1", "dev_cer"])

    def report(self, recent: list[dict[str, float]]) -> None:
        means = {key: sum(r[key] for r in recent) / len(recent) for key in recent[0]}
        self.log.add(minutes=self.seconds / 60, epoch=self.epoch, step=self.step, hours=self.audio / 3600,
                     rate=self.optimizer.param_groups[0]["lr"], **means)

    def evaluate(self) -> None:
        self.log.add(minutes=self.seconds / 60, epoch=self.epoch,
                     dev_cer=character_error_rate(self.model.eval(), self.corpus, self.args.dev_stride))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="the folder that prepare_features.py wrote")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--corpora", nargs="+", default=["librispeech", "speechocean762"])
    parser.add_argument("--minutes", type=float, required=True, help="training time; the rate reaches zero at its end")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--weight-decay", type=float, default=1e-2)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--masks", type=int, default=2, help="SpecAugment bands and stretches")
    parser.add_argument("--noise", type=float, default=0.3, help="share of the utterances that get noise")
    parser.add_argument("--batch-frames", type=int, default=5000)
    parser.add_argument("--longest", type=int, default=1600, help="frames; longer utterances are left out")
    parser.add_argument("--teacher-weight", type=float, default=0.0)
    parser.add_argument("--slow-weight", type=float, default=0.0, help="of the teacher's means over one second")
    parser.add_argument("--student-block", type=int, default=4, help="learns the teacher's first cached block")
    parser.add_argument("--dev-stride", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parse(parser, "ctc")


if __name__ == "__main__":
    arguments_given = arguments()
    torch.set_num_threads(1)
    seed_everything(arguments_given.seed)
    Trainer(arguments_given).run()
