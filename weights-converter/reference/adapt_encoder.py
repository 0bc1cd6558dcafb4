"""Between the stages: the encoder learns the teacher's view of emotional speech.

Read speech does not prepare a small encoder for shouting and sobbing: on EMO-DB it follows its teacher far worse than
on LibriSpeech. So stage 1 goes on for some hundred steps in which each batch holds emotional recordings (regression on
the teacher's blocks; no label and no text is used) and read speech (CTC and regression, so that nothing is unlearnt).
For leave-one-speaker-out figures `--without SPEAKER` keeps that speaker's voice out of this step too.
"""
from __future__ import annotations

import argparse
import random
import shlex
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn

from qieemo_ref.data import TOKENS
from qieemo_ref.model import AsrModel, save_folder, write_json
from qieemo_ref.stage1 import Corpus, Example, Teaching, augmented, ctc_loss, encode
from qieemo_ref.training import seed_everything, set_rate, warm_cosine
from train_ctc import small_encoder


class Adaptation:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.read = Corpus(args.cache, ["librispeech", "speechocean762"], True, 700)
        copies = ["emodb", *(f"emodb~{copy}" for copy in range(1, args.copies + 1))]
        self.emotional = Corpus(args.cache, copies, True, 3000)
        self.emotional.train = [pair for pair in self.emotional.train if pair[1].speaker != args.without]
        state = torch.load(args.stage1 / "checkpoint.pt", map_location="cpu", weights_only=False)
        self.model = AsrModel(small_encoder())
        self.model.load_state_dict(state["model"])
        self.teaching = Teaching(self.model.config.output_size, self.read)
        self.teaching.load_state_dict(state["teaching"])
        parameters = [*self.model.parameters(), *self.teaching.parameters()]
        self.optimizer = torch.optim.AdamW([{"params": parameters, "peak": args.rate}], betas=(0.9, 0.98),
                                           weight_decay=1e-2, fused=True)

    def taught(self, examples: list[Example], masks: int) -> tuple[Tensor, Tensor, list[float]]:
        """The regression loss, the CTC loss (zero without text), and the parts of the regression."""
        features = [augmented(e.features, 0.3, masks, width=10, span=15) for e in examples]
        batch = encode(self.model, features, self.args.student_block)
        errors = self.teaching([batch.student, batch.encoded], [e.teacher for e in examples], batch.lengths)
        ctc = ctc_loss(self.model, batch, [e.tokens for e in examples]) if examples[0].tokens else torch.zeros(())
        return sum(errors), ctc, [round(e.item(), 3) for e in errors]

    def step(self, progress: float) -> dict[str, object]:
        self.model.train()
        set_rate(self.optimizer, warm_cosine(progress))
        emotional = [self.emotional.example(*pair) for pair in random.sample(self.emotional.train, self.args.batch)]
        regression, _, parts = self.taught(emotional, masks=1)
        read = [self.read.example(*pair) for pair in random.sample(self.read.train, self.args.replay)]
        kept, ctc, kept_parts = self.taught(read, masks=2)
        self.optimizer.zero_grad()
        (regression + kept + ctc).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimizer.step()
        return {"emotional": parts, "read": kept_parts, "ctc": round(ctc.item(), 3)}

    def run(self) -> None:
        begin = time.monotonic()
        for step in range(self.args.steps):
            report = self.step(step / self.args.steps)
            if step % 25 == 0 or step == self.args.steps - 1:
                print(f"{time.strftime('%X')} without {self.args.without}, step {step}: {report}", flush=True)
        self.args.output.mkdir(parents=True, exist_ok=True)
        save_folder(self.args.output, self.model, TOKENS)
        write_json(self.args.output / "adaptation.json", {
            "command": shlex.join(["python", *sys.argv]), "date": time.strftime("%Y-%m-%d %H:%M"),
            "seconds": round(time.monotonic() - begin), "last": report})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True, help="the folder that prepare_features.py wrote")
    parser.add_argument("--stage1", type=Path, required=True, help="the output folder of train_ctc.py")
    parser.add_argument("--output", type=Path, required=True, help="the adapted model's folder")
    parser.add_argument("--without", default="", help="a speaker of the emotional corpus to leave out")
    parser.add_argument("--copies", type=int, default=5, help="augmented copies of the emotional corpus")
    parser.add_argument("--steps", type=int, default=250)
    parser.add_argument("--batch", type=int, default=14, help="emotional recordings per step")
    parser.add_argument("--replay", type=int, default=3, help="read recordings per step")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--student-block", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(1)
    seed_everything(args.seed)
    Adaptation(args).run()


if __name__ == "__main__":
    main()
