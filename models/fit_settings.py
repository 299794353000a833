"""How a model is fitted and what it speaks of: two plain records that are stored with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

LEAST_LEAVES = 20
"""Leaves are kept small enough that a tree could make this many of the rows there are."""
ROWS_A_THREAD = 20_000
"""Of fewer rows each, threads wait longer for each other than they work: 20,000 rows cost two
threads a fifth to two fifths more."""


@dataclass(frozen=True)
class FitSettings:
    """How trees are grown. `threads` changes the time it takes, never the model.

    `offset` names features that are themselves probabilities of the target: boosting starts from the mean of their
    log-odds, in place of that of the base rate. `directions` hold per column whether the log-odds may only rise (1) or
    fall (-1) with it, or either (0); none by default. With `patience`, growing stops once that many trees have not
    made a later slice likelier, and `rounds` is the most there may be; 0 grows all. With `isotonic`, the calibration
    is bent where that wins.

    Twice the rounds gained nothing on the mean of eight cutoffs of three suppliers, and ordinary trees lost most where
    the customers are young (ours).
    """

    rounds: int = 300
    learning_rate: float = 0.015
    num_leaves: int = 15
    max_depth: int = 6
    min_data_in_leaf: int = 50
    feature_fraction: float = 0.2
    bagging_fraction: float = 1.0
    lambda_l2: float = 20.0
    extra_trees: bool = True
    offset: tuple[str, ...] = ()
    directions: tuple[int, ...] = ()
    patience: int = 0
    isotonic: bool = False
    seed: int = 1
    threads: int = field(default=1, compare=False)

    def parameters(self, rows: int) -> dict[str, object]:
        """LightGBM's parameters for this many training rows."""
        ours = {"offset", "rounds", "threads", "directions", "patience", "isotonic"}
        grown = {name: value for name, value in asdict(self).items() if name not in ours}
        if any(self.directions):
            grown["monotone_constraints"] = list(self.directions)
        smallest = min(self.min_data_in_leaf, max(1, rows // LEAST_LEAVES))
        sized = {"min_data_in_leaf": smallest, "bagging_freq": 1, "num_threads": self.threads_for(rows)}
        return {**grown, **sized, **STEADY}

    def threads_for(self, rows: int) -> int:
        """How many threads grow trees on this many rows."""
        return max(1, min(self.threads, rows // ROWS_A_THREAD))


STEADY: dict[str, object] = {"objective": "binary", "deterministic": True, "force_row_wise": True, "verbosity": -1}


@dataclass(frozen=True)
class Scope:
    """What a model speaks of: the target, whom, from when to when. Compared before it scores anything.

    `definition` is the fingerprint of the target's definition, `fingerprints` (features,) are those of the feature
    definitions, in the order of the columns. `periods` are the days after the opening of the outcome window at which
    each period of a hazard ends, `hazards` the share of those who entered it that ordered in it; none of both for a
    fixed horizon.
    """

    target: str = ""
    horizon_days: int = 0
    gap_days: int = 0
    min_order_days: int = 0
    activity_days: int = 0
    fingerprints: tuple[str, ...] = ()
    cutoffs: tuple[str, ...] = ()
    rows: int = 0
    base_rate: float = 0.0
    versions: tuple[str, ...] = ()
    definition: str = ""
    periods: tuple[int, ...] = ()
    hazards: tuple[float, ...] = ()

    @property
    def learned_until(self) -> date | None:
        """The last day of the last outcome that was learned from, watched in `[cutoff + gap, cutoff + gap + horizon)`.

        What is said of a day up to this one is said in hindsight. None where nothing was learned from.
        """
        if not self.cutoffs:
            return None
        return date.fromisoformat(self.cutoffs[-1]) + timedelta(days=self.gap_days + self.horizon_days - 1)
