"""The level of what is foreseen: drawn towards that of a classical model, which sees customers age without outcomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from models.calibration import Array, doubt_of_mean, odds
from models.propensity import Propensity

FURTHEST = 20.0
"""Log-odds: no shift is looked for beyond this."""
ASTRAY = 1.5
"""Log-odds, root mean square: a level that missed by so much at the cutoffs of the last year (18 or 82 % said where
half came) is none to be drawn to. A buying model knows no season: where half of the year is silent it misses by 2 to 5;
the real suppliers that the half was measured on by at most .8 once they had a year to learn from."""
FEWEST = 6
"""Cutoffs, half a year of months: fewer do not tell what is there again from what is not."""
SURELY = 2.0
"""Standard errors beyond which a mean miss surely is there again. Four suppliers whose misses were seen to last lie at
2 to 14, five real ones at 21 cutoffs at 1.6 at most, and nothing changes for them."""


@dataclass(frozen=True)
class Classical:
    """Probabilities of the target by a model that is fitted without outcomes, on what was known at each cutoff.

    `present` (m,) speaks of customers as they stand when our model is fitted. `then` (n,) are those of earlier rows,
    with what came over `horizon` days, `label` (n,), and `cutoff` (n,). NaN where it says nothing.
    """

    present: Array
    then: Array
    label: Array
    cutoff: npt.NDArray[np.datetime64]
    horizon: int

    def missed(self) -> Array:
        """By how much, in log-odds, its level missed what came, at each cutoff where some but not all labels are 1."""
        known = ~np.isnan(self.then) & ~np.isnan(self.label)
        said, came, on = odds(self.then[known]), self.label[known], self.cutoff[known]
        return np.array([_shift(_moved(said[on == day]), came[on == day].mean()) for day in self.days()])

    def days(self) -> npt.NDArray[np.datetime64]:
        """The cutoffs of `missed`, ascending."""
        known = ~np.isnan(self.then) & ~np.isnan(self.label)
        came, on = self.label[known], self.cutoff[known]
        return np.array([day for day in np.unique(on) if 0 < came[on == day].mean() < 1], dtype=on.dtype)

    def again(self, missed: Array) -> tuple[float, float]:
        """What of its misses surely is there again, 0 where none surely is, and how far its level lies from what comes.

        Both in log-odds. A trade that orders more regularly, or less, than a buying model believes is missed in the
        same direction month after month; seasons and young histories are missed now this way, now that.
        """
        if missed.size < FEWEST:
            return 0.0, _size(missed)
        mean, doubt = float(missed.mean()), doubt_of_mean(missed, self.days(), self.horizon)[0]
        if abs(mean) <= SURELY * np.sqrt(doubt):
            return 0.0, _size(missed)
        return mean, float(np.hypot(_size(missed - mean), np.sqrt(doubt)))


def drawn(model: Propensity, present: npt.NDArray[np.float32], classical: Classical, share: float) -> Propensity:
    """The model with its level drawn `share` of the way to that of a classical one, in log-odds.

    Trees know customers as old and as long silent as those they learned from; where a history is young, those of today
    are older and longer silent, and the trees say too little of it. A buying model carries on; what it surely keeps
    missing is made good first. Two forecasts of one number that err apart are best taken together, in equal parts where
    nobody knows which errs less. The ranking stays as it is, and so does what each feature contributes. Intervals are
    no narrower than what the classical level, so corrected, missed earlier, for that is measured forward in time. A
    classical model that went `ASTRAY` earlier is left alone: nobody would have to choose.

    Args:
        model: fitted on rows whose outcomes are known.
        present: (m, features) of the model, of customers as they stand when it is fitted; none, and nothing changes.
        classical: what the other model says of them, (m,), and said before.
        share: 0 for nothing of the way, 1 for all of it.

    Source: Clemen 1989, "Combining forecasts", for equal parts; that it is the level alone is ours, measured beside
    `[training] level_share`.
    """
    known = ~np.isnan(classical.present)
    missed = classical.missed()
    if not share or not known.any() or _size(missed) > ASTRAY:
        return model
    again, forward = classical.again(missed)
    own, raw = model.calibration, model.raw(present[known])

    def moved(by: float) -> Array:
        return replace(own, intercept=own.intercept + by).probability(raw)

    level = float(_moved(odds(classical.present[known]))(again).mean())
    shift = share * _shift(moved, level)
    spread = max(own.spread, forward)
    return replace(model, calibration=replace(own, intercept=own.intercept + shift, drawn=shift, spread=spread))


def _size(missed: Array) -> float:
    """Root mean square (n,), 0 of nothing."""
    return float(np.sqrt(np.mean(np.square(missed)))) if missed.size else 0.0


def _moved(log_odds: Array) -> Callable[[float], Array]:
    return lambda by: np.asarray(special.expit(log_odds + by))


def _shift(probability: Callable[[float], Array], level: float) -> float:
    """How far to move log-odds, at most 20 either way, for the mean of `probability` to become `level`."""

    def above(by: float) -> float:
        return float(probability(by).mean()) - level

    if above(FURTHEST) <= 0:
        return FURTHEST
    return -FURTHEST if above(-FURTHEST) >= 0 else float(optimize.brentq(above, -FURTHEST, FURTHEST))
