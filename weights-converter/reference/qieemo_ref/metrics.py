"""WA, UA and macro-F1 from a confusion matrix."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Scores:
    wa: float
    """Weighted accuracy: the share of utterances that are right."""
    ua: float
    """Unweighted accuracy: the mean of the classes' recalls."""
    macro_f1: float
    recalls: list[float]
    confusion: list[list[int]]
    """Rows are the true classes, columns the predicted ones."""


def scores(truth: list[int], predicted: list[int], classes: int) -> Scores:
    """Classes that never occur in `truth` count neither in UA nor in macro-F1."""
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (truth, predicted), 1)
    right, true, guessed = matrix.diagonal(), matrix.sum(1), matrix.sum(0)
    recalls = right / np.maximum(true, 1)
    f1 = 2 * right / np.maximum(true + guessed, 1)
    present = true > 0
    return Scores(float(right.sum() / true.sum()), float(recalls[present].mean()), float(f1[present].mean()),
                  [round(float(r), 4) for r in recalls], matrix.tolist())
