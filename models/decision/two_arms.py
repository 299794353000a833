"""Two models of leaving, one of the treated and one of those held out, and their difference: a T-learner.

The arms start from one model of both together, which starts from the risk known before the action. So neither arm has
to learn who leaves anyway: what is left for its trees is how it departs from the other. Effects are a tenth of the
differences in risk, so the arms are shown few columns and grow few, coarse trees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.decision.lots import PRIOR, Lots, Values
from models.evaluation.tally import Array
from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity

PARTS = ("treated", "held")
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
class TwoArms:
    """The chance of leaving when `treated` and when `held` out, both starting from that of everybody together."""

    treated: Propensity
    held: Propensity

    @classmethod
    def fit(cls, lots: Lots, together: Propensity, settings: FitSettings = COARSE, scope: Scope = UNSAID) -> TwoArms:
        """Fit both arms of `lots`, starting from `together`.

        Raises:
            ModelProblem: an arm holds fewer than 20 customers who left, or who stayed.

        Source: Künzel et al. 2019 (T-learner); the common start is ours, untested.
        """
        begun = replace(lots, values=_begun(together, lots.values, lots.names))
        return cls(*(of_leaving(begun.take(begun.treated == arm), settings, scope) for arm in (True, False)))

    def shift(self, together: Propensity, values: Values, names: Sequence[str]) -> Array:
        """By how much treating lowers the log-odds of leaving of each customer (n,); below 0 it raises them."""
        begun = _begun(together, values, names)
        return self.held.raw(begun, names) - self.treated.raw(begun, names)

    def save(self, folder: Path) -> None:
        """Write both as data, a folder each; see `Propensity.save`."""
        for name in PARTS:
            getattr(self, name).save(folder / name)

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> TwoArms:
        """Read what was saved; digests are checked before a file is parsed.

        Raises:
            ModelProblem: a file is missing, damaged, changed or of another format.
        """
        return cls(*(Propensity.load(folder / name, threads) for name in PARTS))


def of_leaving(lots: Lots, settings: FitSettings, scope: Scope) -> Propensity:
    """A model of who left, whatever the lot, starting from the risk known before.

    Raises:
        ModelProblem: `PRIOR` is not among the columns, or fewer than 20 customers left, or stayed.
    """
    own = replace(settings, offset=(PRIOR,))
    return Propensity.fit(lots.values, lots.names, lots.left, lots.day, settings=own, scope=scope)


def _begun(together: Propensity, values: Values, names: Sequence[str]) -> Values:
    """The columns with what the model of everybody says in the place of the risk before."""
    begun = np.array(values, order="F")
    begun[:, list(names).index(PRIOR)] = together.uncalibrated(values, names)
    return begun
