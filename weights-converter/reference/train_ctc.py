"""Stage 1: the encoder and a character CTC head on speech-text pairs, optionally taught by a frozen NeMo encoder.

The learning rate follows the wall clock and reaches zero at --minutes, however fast the machine is.
A killed run goes on from its checkpoint with the minutes that were left.
"""
from __future__ import annotations

import argparse
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from qieemo_ref.config import EncoderConfig
from qieemo_ref.data import LIBRISPEECH_DEV_SPEAKERS, TOKENS, FeatureCache, Utterance, encode_text, pad
from qieemo_ref.model import AsrModel, save_folder
from qieemo_ref.training import Log, save_checkpoint, seed_everything, set_rate, spec_augment, warm_cosine

FRAMES_PER_SECOND = 25
TEACHER_OFFSET = 1
"""Teacher frame t + 1 is centred where the student's frame t is: 640 t + 680 and 640 (t + 1) + 80 samples."""


def small_encoder() -> EncoderConfig:
    """The embedded model's encoder: rows of all linear weights are multiples of 32."""
    return EncoderConfig(input_dim=80, vocab_size=len(TOKENS), output_size=160, attention_heads=4, linear_units=512,
                         num_blocks=8, input_layer="conv2d", subsampling_channels=64, position="wenet",
                         cnn_module_kernel=15)


@dataclass
class Example:
    features: Tensor
    tokens: list[int]
    teacher: Tensor | None


class Corpus:
    """Training and development utterances with cached features and, optionally, the teacher's outputs."""

    def __init__(self, cache: Path, names: list[str], teacher: bool, longest: int) -> None:
        self.caches = {name: FeatureCache(cache, name) for name in names}
        self.teachers = {name: FeatureCache(cache, f"{name}-teacher") for name in names} if teacher else {}
        self.teacher_of = {name: {u.name: u for u in c.utterances} for name, c in self.teachers.items()}
        everything = [(name, u) for name, c in self.caches.items() for u in c.utterances if 40 <= u.frames <= longest]
        self.train = [pair for pair in everything if pair[1].speaker not in LIBRISPEECH_DEV_SPEAKERS]
        self.dev = [pair for pair in everything if pair[0] == "librispeech" and pair[1].speaker in LIBRISPEECH_DEV_SPEAKERS]

    def example(self, corpus: str, utterance: Utterance) -> Example:
        teacher = None
        if self.teachers:
            teacher = self.teachers[corpus].features(self.teacher_of[corpus][utterance.name])
        return Example(self.caches[corpus].features(utterance), encode_text(utterance.text), teacher)

    def cmvn(self) -> tuple[Tensor, Tensor]:
        """Mean and inverse deviation over the training frames, [F] each."""
        chosen = random.Random(0).sample(self.train, min(1000, len(self.train)))
        frames = torch.cat([self.caches[name].features(u) for name, u in chosen]).double()
        return frames.mean(0).float(), (1.0 / frames.std(0)).float()

    def teacher_scale(self) -> tuple[Tensor, Tensor]:
        """Mean and inverse deviation of the teacher's outputs."""
        rows = torch.cat(self.teacher_samples())
        return rows.mean(0), 1.0 / rows.std(0)

    def teacher_samples(self) -> list[Tensor]:
        chosen = random.Random(0).sample(self.train, min(500, len(self.train)))
        return [self.example(name, u).teacher for name, u in chosen]

    def batches(self, frames: int, shortest_first: bool) -> list[list[tuple[str, Utterance]]]:
        """Batches of similar lengths, each of about `frames` padded frames; shuffled, or short ones first."""
        order = sorted(self.train, key=lambda pair: pair[1].frames * random.uniform(0.9, 1.1))
        batches: list[list[tuple[str, Utterance]]] = [[]]
        for pair in order:
            if batches[-1] and (len(batches[-1]) + 1) * pair[1].frames > frames:
                batches.append([])
            batches[-1].append(pair)
        if not shortest_first:
            random.shuffle(batches)
        return batches


class Teaching(nn.Module):
    """Regression of two layers of the student on two standardised layers of the teacher; not part of the model.

    What a voice carries beside its words changes slowly, and has little weight in an error per frame: the error of
    the means over one second of the first layer is a loss of its own, relative to the spread of those means.
    """

    def __init__(self, width: int, corpus: Corpus) -> None:
        super().__init__()
        scale = corpus.teacher_scale()
        self.register_buffer("mean", scale[0])
        self.register_buffer("inverse", scale[1])
        self.maps = nn.ModuleList(nn.Linear(width, len(scale[0]) // 2) for _ in range(2))
        slow = torch.cat([seconds((t - scale[0]) * scale[1]) for t in corpus.teacher_samples()])
        self.register_buffer("slow_variance", slow.var(0).chunk(2)[0], persistent=False)

    def forward(self, students: list[Tensor], teachers: list[Tensor], lengths: Tensor) -> list[Tensor]:
        """students: 2 x [B, T', d]; teachers: [T'', 2 * 176] per utterance -> two errors per frame, one per second."""
        targets = pad([((t - self.mean) * self.inverse)[TEACHER_OFFSET:] for t in teachers])
        frames = min(targets.shape[1], students[0].shape[1])
        valid = torch.arange(frames)[None] < lengths[:, None]
        errors = [mapping(student[:, :frames]) - target for mapping, student, target in
                  zip(self.maps, students, targets[:, :frames].chunk(2, dim=-1))]
        slow = torch.cat([seconds(error[:length]) for error, length in zip(errors[0], lengths)])
        return [e[valid].square().mean() for e in errors] + [(slow.square() / self.slow_variance).mean()]


def seconds(rows: Tensor) -> Tensor:
    """[T', n] -> [T' // 25, n]: the means over each whole second."""
    whole = len(rows) // FRAMES_PER_SECOND
    return rows[:whole * FRAMES_PER_SECOND].unflatten(0, (whole, FRAMES_PER_SECOND)).mean(1)


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


class Trainer:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        args.output.mkdir(parents=True, exist_ok=True)
        self.corpus = Corpus(args.cache, args.corpora, args.teacher_weight > 0, args.longest)
        self.model = AsrModel(small_encoder(), dropout=args.dropout)
        self.fill, istd = self.corpus.cmvn()
        self.model.encoder.global_cmvn.mean.copy_(self.fill)
        self.model.encoder.global_cmvn.istd.copy_(istd)
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
        augmented = [spec_augment(e.features, self.fill, 12, 25, self.args.masks) for e in examples]
        lengths = torch.tensor([self.model.encoder.embed.length(len(f)) for f in augmented])
        outputs, encoded = self.model.encoder(pad(augmented), lengths)
        log_probabilities = self.model.ctc(encoded).log_softmax(-1).transpose(0, 1)
        targets = torch.tensor([token for e in examples for token in e.tokens])
        target_lengths = torch.tensor([len(e.tokens) for e in examples])
        ctc = F.ctc_loss(log_probabilities, targets, lengths, target_lengths, reduction="sum", zero_infinity=True)
        taught = []
        if self.teaching is not None:
            taught = self.teaching([outputs[self.args.student_block], encoded], [e.teacher for e in examples], lengths)
        return ctc / target_lengths.sum(), taught

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

    @torch.no_grad()
    def evaluate(self) -> None:
        """Greedy character error rate over the held-out speakers."""
        self.model.eval()
        errors = total = 0
        shown = ""
        for name, utterance in self.corpus.dev[::self.args.dev_stride]:
            example = self.corpus.example(name, utterance)
            _, encoded = self.model.encoder(example.features.unsqueeze(0))
            found = greedy(self.model.ctc(encoded)[0])
            errors += edit_distance(found, example.tokens)
            total += len(example.tokens)
            shown = "".join(TOKENS[i] for i in found).replace("▁", " ")
        self.log.add(minutes=self.seconds / 60, epoch=self.epoch, dev_cer=errors / total)
        print(f"  e.g. {shown}", flush=True)


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
    parser.add_argument("--batch-frames", type=int, default=5000)
    parser.add_argument("--longest", type=int, default=1600, help="frames; longer utterances are left out")
    parser.add_argument("--teacher-weight", type=float, default=0.0)
    parser.add_argument("--slow-weight", type=float, default=0.0, help="of the teacher's means over one second")
    parser.add_argument("--student-block", type=int, default=4, help="learns the teacher's first cached block")
    parser.add_argument("--dev-stride", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    arguments_given = arguments()
    torch.set_num_threads(1)
    seed_everything(arguments_given.seed)
    Trainer(arguments_given).run()
