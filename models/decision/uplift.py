"""Whom an action helps: two models of leaving, one of the treated and one of those held out, and their difference.

A T-learner whose arms start from one model of both together, which starts from the risk known before the action. So
neither arm has to learn who leaves anyway: what is left for its trees is how it departs from the other. Effects are a
tenth of the differences in risk, so the arms are shown few columns and grow few, coarse trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.evaluation.interval import owners
from models.evaluation.tally import Array
from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity

Values = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
PRIOR = "risk_before"
"""The column that holds the chance of leaving as it was known before the action, 0 to 1."""
FOLDS = 5
PARTS = ("together", "treated", "held")
UNSAID = Scope()
TWENTIETH = 10**9
"""Rows asked of a leaf: more than there are, which `FitSettings` takes as a twentieth of the arm."""
COARSE = FitSettings(
    rounds=60,
    learning_rate=0.05,
    num_leaves=4,
    max_depth=2,
    min_data_in_leaf=TWENTIETH,
    feature_fraction=0.5,
    lambda_l2=50.0,
    extra_trees=False,
)
"""Few, shallow trees, each leaf a twentieth of the arm at least: what smaller groups show is noise. Ours, untested."""


@dataclass(frozen=True)
class Lots:
    """Randomised customers (n,): what was known before, `values` (n, features), who was `treated`, and who `left`."""

    values: Values
    names: tuple[str, ...]
    treated: Flags
    left: Array
    day: npt.NDArray[np.datetime64]

    def take(self, rows: Flags) -> Lots:
        """The customers where `rows` (n,) is true."""
        return Lots(self.values[rows], self.names, self.treated[rows], self.left[rows], self.day[rows])


@dataclass(frozen=True)
class Uplift:
    """The chance of leaving of everybody `together`, and, starting from it, when treated and when held out."""

    together: Propensity
    treated: Propensity
    held: Propensity

    @classmethod
    def fit(cls, lots: Lots, settings: FitSettings = COARSE, scope: Scope = UNSAID) -> Uplift:
        """Fit the three models; `PRIOR` has to be among the columns.

        Raises:
            ModelProblem: `PRIOR` is missing, or an arm holds fewer than 20 customers who left, or who stayed.

        Source: Künzel et al. 2019 (T-learner); the common start is ours, untested.
        """
        own = replace(settings, offset=(PRIOR,))
        together = _fitted(lots, own, scope)
        begun = replace(lots, values=_begun(together, lots.values, lots.names))
        return cls(together, *(_fitted(begun.take(begun.treated == arm), own, scope) for arm in (True, False)))

    def gain(self, values: Values, names: Sequence[str]) -> Array:
        """How much likelier each customer (n,) stays when treated, a difference of probabilities; below 0 it harms."""
        begun = _begun(self.together, values, names)
        return self.held.uncalibrated(begun, names) - self.treated.uncalibrated(begun, names)

    def save(self, folder: Path) -> None:
        """Write the three as data, a folder each; see `Propensity.save`."""
        for name in PARTS:
            getattr(self, name).save(folder / name)

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> Uplift:
        """Read a saved model; digests are checked before a file is parsed.

        Raises:
            ModelProblem: a file is missing, damaged, changed or of another format.
        """
        return cls(*(Propensity.load(folder / name, threads) for name in PARTS))


def _fitted(lots: Lots, settings: FitSettings, scope: Scope) -> Propensity:
    return Propensity.fit(lots.values, lots.names, lots.left, lots.day, settings=settings, scope=scope)


def _begun(together: Propensity, values: Values, names: Sequence[str]) -> Values:
    """The columns with what the model of everybody says in the place of the risk before."""
    begun = np.array(values, order="F")
    begun[:, list(names).index(PRIOR)] = together.uncalibrated(values, names)
    return begun


def cross_fitted(
    lots: Lots, customer: npt.ArrayLike, settings: FitSettings = COARSE, *, folds: int = FOLDS, seed: int = 0
) -> Array:
    """The gain of each customer (n,), by a model that saw no row of that customer.

    All folds are brought to one mean: where chance made the action look good in a fold, it looks worse than it is in
    the others, so that the fold would be ranked below them, and a model that knows nothing below a random ranking.

    Args:
        lots: the rows.
        customer: who each row belongs to, (n,); folds are drawn from the order of their names.
        settings: how trees are grown.
        folds: parts of the customers.
        seed: of the drawing.

    Raises:
        ModelProblem: see `Uplift.fit`.
    """
    owner = owners(customer)
    dealt = np.random.default_rng(seed).permutation(int(owner.max(initial=-1)) + 1) % folds
    fold = dealt[owner]
    found = np.full(owner.size, np.nan)
    for part in range(folds):
        judged = fold == part
        if judged.any():
            found[judged] = Uplift.fit(lots.take(~judged), settings).gain(lots.values[judged], lots.names)
    return found - _mean_of(found, fold) + found.mean() if found.size else found


def _mean_of(values: Array, fold: npt.NDArray[np.int64]) -> Array:
    """The mean of each row's fold, (n,)."""
    return (np.bincount(fold, weights=values) / np.maximum(np.bincount(fold), 1))[fold]
