"""Between the stages: the encoder learns the teacher's view of emotional speech.

Read speech does not prepare a small encoder for shouting and sobbing: on EMO-DB it follows its teacher far worse than
on LibriSpeech. First the subsampling and the blocks up to the taught one regress on the teacher's block for emotional
recordings; no label and no text is used. Then the blocks above them, and the CTC, are fitted to the changed ones on
read speech. For leave-one-speaker-out figures `--without SPEAKER` keeps that speaker's voice out of this step too.
"""
from __future__ import annotations

import argparse
import random
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from qieemo_ref.data import TOKENS
from qieemo_ref.head import shortened
from qieemo_ref.model import AsrModel, save_folder, write_json
from qieemo_ref.stage1 import Corpus, Example, Teaching, augmented, ctc_loss, encode
from qieemo_ref.training import seed_everything, set_rate, warm_cosine
from train_ctc import small_encoder


class Adaptation:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args, self.block = args, args.student_block
        self.read = Corpus(args.cache, ["librispeech", "speechocean762"], True, 1000)
        copies = ["emodb", *(f"emodb~{copy}" for copy in range(1, args.copies + 1))]
        self.emotional = Corpus(args.cache, copies, True, 3000)
        self.emotional.train = [pair for pair in self.emotional.train if pair[1].speaker != args.without]
        state = torch.load(args.stage1 / "checkpoint.pt", map_location="cpu", weights_only=False)
        self.model = AsrModel(small_encoder())
        self.model.load_state_dict(state["model"])
        self.teaching = Teaching(self.model.config.output_size, self.read)
        self.teaching.load_state_dict(state["teaching"])

    def drawn(self, corpus: Corpus, count: int, masks: int) -> tuple[list[Example], list[Tensor]]:
        examples = [corpus.example(*pair) for pair in random.sample(corpus.train, count)]
        return examples, [augmented(e.features, 0.3, masks, width=10, span=15) for e in examples]

    def emotional_loss(self) -> Tensor:
        """The regression of the taught block, per frame and per second; the blocks above it are not run."""
        examples, features = self.drawn(self.emotional, self.args.batch, masks=1)
        batch = encode(self.model, features, self.block, blocks=self.block)
        errors = self.teaching([batch.student], [e.teacher for e in examples], batch.lengths)
        return errors[0] + errors[-1]

    def read_loss(self) -> Tensor:
        """CTC, and the regression of the last block; no gradient reaches the taught block."""
        examples, features = self.drawn(self.read, self.args.read_batch, masks=2)
        batch = encode(self.model, features, self.block, detach_after=self.block)
        errors = self.teaching([batch.student.detach(), batch.encoded], [e.teacher for e in examples], batch.lengths)
        return ctc_loss(self.model, batch, [e.tokens for e in examples]) + errors[1]

    def lower(self) -> list[nn.Parameter]:
        encoder = self.model.encoder
        return [*encoder.embed.parameters(), *encoder.encoders[:self.block].parameters(), *self.teaching.parameters()]

    def upper(self) -> list[nn.Parameter]:
        lower = {id(p) for p in self.lower()}
        return [*(p for p in self.model.parameters() if id(p) not in lower), *self.teaching.parameters()]

    def fit(self, name: str, parameters: list[nn.Parameter], loss_of: Callable[[], Tensor], steps: int,
            rate: float) -> float:
        """The mean loss of the last 25 steps."""
        optimizer = torch.optim.AdamW([{"params": parameters, "peak": rate}], betas=(0.9, 0.98), weight_decay=1e-2,
                                      fused=True)
        recent: list[float] = []
        for step in range(steps):
            set_rate(optimizer, warm_cosine(step / steps))
            loss = loss_of()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 5.0)
            optimizer.step()
            recent = [*recent[-24:], loss.item()]
            if step % 25 == 24:
                print(f"{time.strftime('%X')} without {self.args.without or 'nobody'}: {name}, step {step + 1}: "
                      f"{sum(recent) / len(recent):.3f}", flush=True)
        return sum(recent) / max(1, len(recent))

    def run(self) -> None:
        begin, args = time.monotonic(), self.args
        self.model.train()
        emotional = self.fit("emotional", self.lower(), self.emotional_loss, args.steps, args.rate)
        self.still(self.model.encoder.encoders[:self.block])
        read = self.fit("read", self.upper(), self.read_loss, args.read_steps, args.read_rate)
        args.output.mkdir(parents=True, exist_ok=True)
        save_folder(args.output, self.model, TOKENS)
        write_json(args.output / "adaptation.json", {
            "command": shlex.join(["python", *map(shortened, sys.argv)]), "date": time.strftime("%Y-%m-%d %H:%M"),
            "seconds": round(time.monotonic() - begin), "loss": {"emotional": emotional, "read": read}})

    @staticmethod
    def still(blocks: nn.ModuleList) -> None:
        """Batch norms of finished blocks keep their statistics."""
        blocks.eval()


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
    parser.add_argument("--read-steps", type=int, default=120, help="on read speech, the upper blocks and the CTC")
    parser.add_argument("--read-batch", type=int, default=8)
    parser.add_argument("--read-rate", type=float, default=1e-3)
    parser.add_argument("--student-block", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    seed_everything(args.seed)
    Adaptation(args).run()


if __name__ == "__main__":
    main()
