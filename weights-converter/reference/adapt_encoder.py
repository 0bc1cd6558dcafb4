"""Between the stages: the encoder learns the teacher's view of emotional speech.

Read speech does not prepare a small encoder for shouting and sobbing: on EMO-DB it follows its teacher far worse than
on LibriSpeech. First the subsampling and the blocks up to the taught one regress on the teacher's block for emotional
recordings; no label and no text is used. Then the blocks above them, and the CTC, are fitted to the changed ones on
read speech. For leave-one-speaker-out figures `--without SPEAKER` keeps that speaker's voice out of this step too.

A killed run goes on from its checkpoint. The learning curve is curve.json and curve.png in the output folder.
"""
from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from qieemo_ref.data import TOKENS
from qieemo_ref.model import AsrModel, save_folder, write_json
from qieemo_ref.recipe import command, parse
from qieemo_ref.stage1 import Corpus, Example, Teaching, augmented, ctc_loss, encode
from qieemo_ref.training import Log, save_checkpoint, seed_everything, set_rate, warm_cosine
from train_ctc import LONGEST, character_error_rate, small_encoder

REPORT = 25
"""Steps between two points of the learning curve, and between checkpoints; the steps of each part are a multiple."""


@dataclass
class Part:
    """One of the two parts: what is trained, by which losses, for how long."""

    parameters: list[nn.Parameter]
    losses: Callable[[], dict[str, Tensor]]
    steps: int
    optimizer: torch.optim.AdamW


class Adaptation:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args, self.block = args, args.student_block
        self.read = Corpus(args.cache, ["librispeech", "speechocean762"], True, 1000)
        copies = ["emodb", *(f"emodb~{copy}" for copy in range(1, args.copies + 1))]
        self.emotional = Corpus(args.cache, copies, True, 3000)
        self.emotional.train = [pair for pair in self.emotional.train if pair[1].speaker != args.without]
        self.model = AsrModel(small_encoder())
        self.teaching = Teaching(self.model.config.output_size, self.read)
        self.parts = [self.part(self.lower(), self.emotional_losses, args.steps, args.rate),
                      self.part(self.upper(), self.read_losses, args.read_steps, args.read_rate)]
        args.output.mkdir(parents=True, exist_ok=True)
        self.log = Log(args.output, "curve")
        self.checkpoint = args.output / "checkpoint.pt"
        self.step, self.seconds = 0, 0.0
        resumes = self.checkpoint.exists()
        self.load(self.checkpoint if resumes else args.stage1 / "checkpoint.pt", resumes)

    def lower(self) -> list[nn.Parameter]:
        encoder = self.model.encoder
        return [*encoder.embed.parameters(), *encoder.encoders[:self.block].parameters(), *self.teaching.parameters()]

    def upper(self) -> list[nn.Parameter]:
        lower = {id(p) for p in self.lower()}
        return [*(p for p in self.model.parameters() if id(p) not in lower), *self.teaching.parameters()]

    @staticmethod
    def part(parameters: list[nn.Parameter], losses: Callable[[], dict[str, Tensor]], steps: int, rate: float) -> Part:
        return Part(parameters, losses, steps, torch.optim.AdamW(
            [{"params": parameters, "peak": rate}], betas=(0.9, 0.98), weight_decay=1e-2, fused=True))

    def load(self, checkpoint: Path, resumes: bool) -> None:
        """Stage 1's result, or where a killed run was."""
        state = torch.load(checkpoint, map_location="cpu", weights_only=False)
        self.model.load_state_dict(state["model"])
        self.teaching.load_state_dict(state["teaching"])
        if resumes:
            for part, saved in zip(self.parts, state["optimizers"]):
                part.optimizer.load_state_dict(saved)
            self.step, self.seconds = state["progress"]

    def save(self) -> None:
        save_checkpoint(self.checkpoint, model=self.model.state_dict(), teaching=self.teaching.state_dict(),
                        optimizers=[part.optimizer.state_dict() for part in self.parts],
                        progress=(self.step, self.seconds))
        self.log.save()

    def drawn(self, corpus: Corpus, count: int, masks: int) -> tuple[list[Example], list[Tensor]]:
        examples = [corpus.example(*pair) for pair in random.sample(corpus.train, count)]
        return examples, [augmented(e.features, 0.3, masks, width=10, span=15) for e in examples]

    def emotional_losses(self) -> dict[str, Tensor]:
        """The regression of the taught block, per frame and per second; the blocks above it are not run."""
        examples, features = self.drawn(self.emotional, self.args.batch, masks=1)
        batch = encode(self.model, features, self.block, blocks=self.block)
        errors = self.teaching([batch.student], [e.teacher for e in examples], batch.lengths)
        return {"emotional_frame": errors[0], "emotional_second": errors[-1]}

    def read_losses(self) -> dict[str, Tensor]:
        """CTC, and the regression of the last block; no gradient reaches the taught block."""
        examples, features = self.drawn(self.read, self.args.read_batch, masks=2)
        batch = encode(self.model, features, self.block, detach_after=self.block)
        errors = self.teaching([batch.student.detach(), batch.encoded], [e.teacher for e in examples], batch.lengths)
        return {"ctc": ctc_loss(self.model, batch, [e.tokens for e in examples]), "read_last": errors[1]}

    def train_step(self) -> dict[str, float]:
        seed_everything(self.args.seed * 1_000_003 + self.step)
        first = self.step < self.parts[0].steps
        part = self.parts[0] if first else self.parts[1]
        done = self.step if first else self.step - self.parts[0].steps
        set_rate(part.optimizer, warm_cosine(done / part.steps))
        self.model.train()
        if not first:  # the batch norms of finished blocks keep their statistics
            self.model.encoder.encoders[:self.block].eval()
        losses = part.losses()
        part.optimizer.zero_grad()
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(part.parameters, 5.0)
        part.optimizer.step()
        return {name: loss.item() for name, loss in losses.items()}

    def run(self) -> None:
        recent: list[dict[str, float]] = []
        while self.step < sum(part.steps for part in self.parts):
            begin = time.monotonic()
            recent.append(self.train_step())
            self.seconds += time.monotonic() - begin
            self.step += 1
            if self.step % REPORT == 0:
                self.log.add(step=self.step, minutes=self.seconds / 60,
                             **{key: sum(r[key] for r in recent) / len(recent) for key in recent[-1]})
                recent = []
                self.save()
        self.finish()

    def finish(self) -> None:
        """The character error rate is over the utterances that stage 1 measures."""
        development = Corpus(self.args.cache, ["librispeech"], False, LONGEST)
        self.log.add(step=self.step, dev_cer=character_error_rate(self.model.eval(), development, 2))
        self.log.save()
        self.log.plot("step", ["emotional_frame", "emotional_second", "ctc", "read_last", "dev_cer"])
        save_folder(self.args.output, self.model, TOKENS)
        write_json(self.args.output / "adaptation.json", {
            "command": command(), "date": time.strftime("%Y-%m-%d %H:%M"), "seconds": round(self.seconds),
            "without": self.args.without or "nobody", "curve": self.log.points})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="the folder that prepare_features.py wrote")
    parser.add_argument("--stage1", type=Path, required=True, help="the output folder of train_ctc.py")
    parser.add_argument("--output", type=Path, required=True, help="the adapted model's folder")
    parser.add_argument("--without", default="", help="a speaker of the emotional corpus to leave out")
    parser.add_argument("--copies", type=int, default=5, help="augmented copies of the emotional corpus")
    parser.add_argument("--steps", type=int, default=300, help="on emotional speech")
    parser.add_argument("--batch", type=int, default=14, help="recordings per step")
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--read-steps", type=int, default=125, help="on read speech, the upper blocks and the CTC")
    parser.add_argument("--read-batch", type=int, default=8)
    parser.add_argument("--read-rate", type=float, default=1e-3)
    parser.add_argument("--student-block", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    args = parse(parser, "adapt")
    if args.steps % REPORT or args.read_steps % REPORT:
        parser.error(f"--steps and --read-steps are multiples of {REPORT}")
    torch.set_num_threads(1)
    Adaptation(args).run()


if __name__ == "__main__":
    main()
