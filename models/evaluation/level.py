"""Whether probabilities are as high as what comes: by Brier score, beside rivals that know little but are calibrated.

A ranking says nothing of height: a model that orders customers well may still be wrong by .2 for everyone, and money
is reckoned from its probabilities. It may not surely be worse than the share known from training, given to all alike,
nor worse than the baseline whose curve fits best by more than is bearable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.evaluation.interval import Interval
from models.explanation.sentence import NOTHING, Sentence

BASE_RATE = "base_rate"
"""The name of the score that is the share of ones among the rows learned from, for every row."""
BRIER = "brier"
BEARABLE = 0.01
"""By how much the Brier score may surely be higher than that of a baseline: being off by .1 for everyone costs as much.
A model that ranks better may have missed a market that moved by a little less (ours)."""

REFUSAL = (
    "the height of its probabilities is off: Brier score {model:.3f}, surely worse than {other:.3f} of {rival} (by "
    "{more})"
)


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [REFUSAL]


@dataclass(frozen=True)
class Level:
    """The Brier scores of the model and of a rival, and by how much the model's is higher: paired, higher is worse."""

    rival: str
    model: float
    other: float
    more: Interval

    def refusal(self) -> Sentence:
        """Why the model may not be promoted; nothing unless it is surely worse, by more than is bearable."""
        if not self.more.low > (0 if self.rival == BASE_RATE else BEARABLE):
            return NOTHING
        rival = self.rival.replace("_", " ")
        return Sentence(REFUSAL, model=self.model, other=self.other, rival=rival, more=self.more)

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return {"model": self.model, "other": self.other, "more": self.more.summary()}


def beside(figures: Mapping[str, Mapping[str, float]], calibrated: Sequence[str]) -> tuple[str, ...]:
    """The rivals to be measured by: the base rate and, of the others, the one of least Brier score.

    Args:
        figures: metrics by score, over all rows.
        calibrated: scores that are probabilities fitted on the rows learned from.
    """
    others = sorted(name for name in calibrated if name != BASE_RATE)
    best = min(others, key=lambda name: figures[name][BRIER], default="")
    return tuple(name for name in (BASE_RATE, best) if name in calibrated)
