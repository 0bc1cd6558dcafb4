"""Between the stages: the encoder learns the teacher's view of emotional speech, and does not forget read speech.

Read speech alone does not prepare a small encoder for shouting and sobbing: on EMO-DB it follows its teacher far worse
than on LibriSpeech. So the taught block first regresses on the teacher's block for emotional recordings; no label and
no text of them is used. Then both go on together, at a lower rate: the taught block on emotional recordings, and the
whole encoder with stage 1's losses on read speech, of which the first part costs a good deal. For
leave-one-speaker-out figures `--without SPEAKER` keeps that speaker's voice out of this step too.

A killed run goes on from its checkpoint. The learning curve is curve.json and curve.png in the output folder.
"""
from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from qieemo_ref.data import TOKENS
from qieemo_ref.model import AsrModel, save_folder, write_json
from qieemo_ref.recipe import command, parse
from qieemo_ref.stage1 import Corpus, Example, Teaching, augmented, ctc_loss, encode
from qieemo_ref.training import Log, save_checkpoint, seed_everything, set_rate, warm_cosine
from train_ctc import character_error_rate, small_encoder

REPORT = 25
"""Steps between two points of the learning curve, and between checkpoints; the steps of each part are a multiple."""


class Adaptation:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args, self.block = args, args.student_block
        self.read = Corpus(args.cache, ["librispeech", "speechocean762"], True, 1000)
        copies = ["emodb", *(f"emodb~{copy}" for copy in range(1, args.copies + 1))]
        self.emotional = Corpus(args.cache, copies, True, 3000)
        self.emotional.train = [pair for pair in self.emotional.train if pair[1].speaker != args.without]
        self.model = AsrModel(small_encoder())
        self.teaching = Teaching(self.model.config.output_size, self.read)
        state = torch.load(args.stage1 / "checkpoint.pt", map_location="cpu", weights_only=False)
        self.model.load_state_dict(state["model"])
        self.teaching.load_state_dict(state["teaching"])
        self.parameters = [*self.model.parameters(), *self.teaching.parameters()]
        self.optimizer = torch.optim.AdamW([{"params": self.parameters, "peak": 1.0}], betas=(0.9, 0.98),
                                           weight_decay=1e-2, fused=True)
        args.output.mkdir(parents=True, exist_ok=True)
        self.log = Log(args.output, "curve")
        self.checkpoint = args.output / "checkpoint.pt"
        self.step, self.seconds = 0, 0.0
        if self.checkpoint.exists():
            self.resume()

    def resume(self) -> None:
        state = torch.load(self.checkpoint, map_location="cpu", weights_only=False)
        self.model.load_state_dict(state["model"])
        self.teaching.load_state_dict(state["teaching"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["progress"]

    def save(self) -> None:
        save_checkpoint(self.checkpoint, model=self.model.state_dict(), teaching=self.teaching.state_dict(),
                        optimizer=self.optimizer.state_dict(), progress=(self.step, self.seconds))
        self.log.save()

    def drawn(self, corpus: Corpus, count: int, masks: int) -> tuple[list[Example], list[Tensor]]:
        examples = [corpus.example(*pair) for pair in random.sample(corpus.train, count)]
        return examples, [augmented(e.features, 0.3, masks, width=10, span=15) for e in examples]

    def emotional_losses(self) -> list[Tensor]:
        """The regression of the taught block, per frame and per second; the blocks above it are not run."""
        examples, features = self.drawn(self.emotional, self.args.batch, masks=1)
        batch = encode(self.model, features, self.block, blocks=self.block)
        errors = self.teaching([batch.student], [e.teacher for e in examples], batch.lengths)
        return [errors[0], errors[-1]]

    def read_losses(self) -> list[Tensor]:
        """CTC, and the regression of the taught block and the last."""
        examples, features = self.drawn(self.read, self.args.read_batch, masks=2)
        batch = encode(self.model, features, self.block)
        errors = self.teaching([batch.student, batch.encoded], [e.teacher for e in examples], batch.lengths)
        return [ctc_loss(self.model, batch, [e.tokens for e in examples]), *errors]

    def factor(self) -> float:
        """The learning rate: up and down once in each part."""
        first, second = self.args.emotional_steps, self.args.joint_steps
        if self.step < first:
            return self.args.emotional_rate * warm_cosine(self.step / first)
        return self.args.joint_rate * warm_cosine((self.step - first) / second)

    def train_step(self) -> dict[str, float]:
        joint = self.step >= self.args.emotional_steps
        seed_everything(self.args.seed * 1_000_003 + self.step)
        set_rate(self.optimizer, self.factor())
        self.train_mode(joint)
        losses = dict(zip(("emotional_frame", "emotional_second"), self.emotional_losses()))
        if joint:
            losses |= dict(zip(("ctc", "read_frame", "read_last", "read_second"), self.read_losses()))
        self.optimizer.zero_grad()
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(self.parameters, 5.0)
        self.optimizer.step()
        return {name: loss.item() for name, loss in losses.items()}

    def train_mode(self, joint: bool) -> None:
        """Two kinds of speech pass the lower blocks in turn, in the second part: their batch norms stay as they are."""
        self.model.train()
        if joint:
            for block in self.model.encoder.encoders[:self.block]:
                for module in block.modules():
                    if isinstance(module, nn.BatchNorm1d):
                        module.eval()

    def run(self) -> None:
        recent: list[dict[str, float]] = []
        steps = self.args.emotional_steps + self.args.joint_steps
        while self.step < steps:
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
        self.log.add(step=self.step, dev_cer=character_error_rate(self.model.eval(), self.read, 2))
        self.log.save()
        self.log.plot("step", ["emotional_frame", "emotional_second", "ctc", "read_frame", "dev_cer"])
        save_folder(self.args.output, self.model, TOKENS)
        write_json(self.args.output / "adaptation.json", {
            "command": command(), "date": time.strftime("%Y-%m-%d %H:%M"), "seconds": round(self.seconds),
            "without": self.args.without or "nobody", "curve": self.log.points[-2:]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="the folder that prepare_features.py wrote")
    parser.add_argument("--stage1", type=Path, required=True, help="the output folder of train_ctc.py")
    parser.add_argument("--output", type=Path, required=True, help="the adapted model's folder")
    parser.add_argument("--without", default="", help="a speaker of the emotional corpus to leave out")
    parser.add_argument("--copies", type=int, default=5, help="augmented copies of the emotional corpus")
    parser.add_argument("--emotional-steps", type=int, default=350, help="on emotional speech alone")
    parser.add_argument("--emotional-rate", type=float, default=1.5e-3)
    parser.add_argument("--joint-steps", type=int, default=250, help="on emotional and read speech")
    parser.add_argument("--joint-rate", type=float, default=7e-4)
    parser.add_argument("--batch", type=int, default=14, help="emotional recordings per step")
    parser.add_argument("--read-batch", type=int, default=5, help="recordings of read speech per step")
    parser.add_argument("--student-block", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    args = parse(parser, "adapt")
    if args.emotional_steps % REPORT or args.joint_steps % REPORT:
        parser.error(f"--emotional-steps and --joint-steps are multiples of {REPORT}")
    torch.set_num_threads(1)
    Adaptation(args).run()


if __name__ == "__main__":
    main()
