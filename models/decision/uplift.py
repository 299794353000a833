"""Whom an action helps: how much likelier each customer stays when treated, and what of that can be counted on.

Two ways to tell customers apart are tried: effect modifiers, which fall back on one effect for everybody where lots
show no difference, and a T-learner on boosted trees. The trees are believed where they foresee better who left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from models.bundle import read_files, write_files
from models.decision.lots import Lots, Values
from models.decision.modifiers import Modifiers
from models.decision.two_arms import COARSE, UNSAID, TwoArms, of_leaving
from models.evaluation.interval import owners
from models.evaluation.tally import Array
from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity

FOLDS = 5
TRIALS = 3
"""Parts that the rows are split into to choose between modifiers and trees."""
SURE = 0.9
"""Chance that an effect is at least what is counted on."""
TOGETHER, MODIFIERS, TREES = "together", "modifiers", "trees"
KIND = "uplift"


class Gain(NamedTuple):
    """How much likelier customers stay when treated, (n,): as `expected`, and as can be `counted` on; 0.1 is a tenth.

    Below 0 treating drives away. The true gain is at least what is counted on with a chance of `SURE`, each customer by
    itself: the mean effect is one estimate, and where it is too high it carries all of them along.
    """

    expected: Array
    counted: Array


@dataclass(frozen=True)
class Uplift:
    """The chance of leaving of everybody `together`, what treating adds to it, and the `share` that was treated.

    The effect is that of the `modifiers`, or of the `trees` where these were chosen; how sure it is say the modifiers.
    `lead` is by how much the trees made each of the rows likelier than the modifiers did, in log-likelihood, with its
    standard error; neither knew the rows they were judged on.
    """

    together: Propensity
    modifiers: Modifiers
    trees: TwoArms | None
    share: float
    lead: tuple[float, float]

    @classmethod
    def fit(cls, lots: Lots, settings: FitSettings = COARSE, scope: Scope = UNSAID, seed: int = 0) -> Uplift:
        """Fit both ways and choose; `PRIOR` has to be among the columns.

        Raises:
            ModelProblem: `PRIOR` is missing, or an arm holds fewer than 20 customers who left, or who stayed.

        Source: Künzel et al. 2019 (T-learner), Nie & Wager 2021 (choice by a loss on rows held back). That trees have
        to win by a standard error is the rule of Breiman et al. 1984.
        """
        lead = _lead(lots, settings, seed)
        together = of_leaving(lots, settings, scope)
        modifiers = Modifiers.fit(lots, together.uncalibrated(lots.values, lots.names))
        trees = TwoArms.fit(lots, together, settings, scope) if lead[0] > lead[1] else None
        return cls(together, modifiers, trees, lots.share, lead)

    @property
    def way(self) -> str:
        """How customers are told apart: `MODIFIERS` or `TREES`."""
        return MODIFIERS if self.trees is None else TREES

    def gain(self, values: Values, names: Sequence[str]) -> Gain:
        """What treating each customer (n,) gains."""
        begun = self.together.raw(values, names)
        shift, error = self.modifiers.shift(values, names)
        if self.trees is not None:
            shift = self.trees.shift(self.together, values, names)
        counted = shift - float(stats.norm.ppf(SURE)) * error
        return Gain(_kept(begun, shift, self.share), _kept(begun, counted, self.share))

    def save(self, folder: Path) -> None:
        """Write all parts as data, a folder each; see `Propensity.save`."""
        write_files(folder, "", {"kind": KIND, "way": self.way, "share": self.share, "lead": self.lead})
        self.together.save(folder / TOGETHER)
        self.modifiers.save(folder / MODIFIERS)
        if self.trees is not None:
            self.trees.save(folder / TREES)

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> Uplift:
        """Read what was saved; digests are checked before a file is parsed.

        Raises:
            ModelProblem: a file is missing, damaged, changed or of another format.
        """
        _, stored = read_files(folder)
        return cls(
            Propensity.load(folder / TOGETHER, threads),
            Modifiers.load(folder / MODIFIERS),
            TwoArms.load(folder / TREES, threads) if stored["way"] == TREES else None,
            stored["share"],
            tuple(stored["lead"]),
        )


def _kept(begun: Array, shift: Array, share: float) -> Array:
    """The chance of leaving when held out less that when treated, where `begun` is the log-odds over both."""
    return np.asarray(special.expit(begun + share * shift) - special.expit(begun - (1 - share) * shift))


def _lead(lots: Lots, settings: FitSettings, seed: int) -> tuple[float, float]:
    """By how much likelier trees make who left than modifiers do, a row, with its standard error over customers."""
    fold = lots.dealt(TRIALS, seed)
    ahead = np.zeros(fold.size)
    for part in range(TRIALS):
        judged = fold == part
        if judged.any():
            ahead[judged] = _ahead(lots.take(~judged), lots.take(judged), settings)
    of_customer = np.bincount(owners(lots.customer), weights=ahead)
    return float(ahead.mean()), float(of_customer.std() * np.sqrt(of_customer.size) / max(ahead.size, 1))


def _ahead(learned: Lots, judged: Lots, settings: FitSettings) -> Array:
    together = of_leaving(learned, settings, UNSAID)
    begun, above = together.raw(judged.values, judged.names), judged.above_chance()
    modifiers = Modifiers.fit(learned, together.uncalibrated(learned.values, learned.names))
    trees = TwoArms.fit(learned, together, settings)
    ours, theirs = modifiers.shift(judged.values, judged.names)[0], trees.shift(together, judged.values, judged.names)
    return _likely(judged.left, begun - above * theirs) - _likely(judged.left, begun - above * ours)


def _likely(left: Array, log_odds: Array) -> Array:
    """The log-likelihood of each row (n,)."""
    return np.asarray(left * log_odds - np.logaddexp(0, log_odds))


def cross_fitted(lots: Lots, settings: FitSettings = COARSE, *, folds: int = FOLDS, seed: int = 0) -> Gain:
    """The gain of each row (n,), by models that saw no row of its customer, the choice between them included.

    What is expected is brought to one mean over the folds: where chance made the action look good in a fold, it looks
    worse than it is in the others, so that the fold would be ranked below them, and a model that knows nothing below a
    random ranking.

    Args:
        lots: the rows.
        settings: how trees are grown.
        folds: parts of the customers.
        seed: of the drawing.

    Raises:
        ModelProblem: see `Uplift.fit`.
    """
    fold = lots.dealt(folds, seed)
    expected, counted = np.full(fold.size, np.nan), np.full(fold.size, np.nan)
    for part in range(folds):
        judged = fold == part
        if judged.any():
            model = Uplift.fit(lots.take(~judged), settings, seed=seed)
            expected[judged], counted[judged] = model.gain(lots.values[judged], lots.names)
    return Gain(_level(expected, fold), counted)


def _level(values: Array, fold: npt.NDArray[np.int64]) -> Array:
    """Values (n,) with the mean of every fold brought to that of all."""
    means = np.bincount(fold, weights=values) / np.maximum(np.bincount(fold), 1)
    return values - means[fold] + values.mean() if values.size else values
