"""What a model has to beat: single figures that an attentive salesperson or a textbook would rank customers by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.calibration import Array, Calibration, fit_platt
from models.fit_settings import Scope
from models.linear import Linear
from models.logistic import Scale, scaled

Values = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Baseline:
    """A feature used as a score. `direction` is 1 where more of it makes the target likelier, -1 where less does.

    `scale` is how it becomes log-odds: "log" for counts, days and amounts, "odds" for probabilities.
    """

    name: str
    feature: str
    direction: int
    scale: Scale
    meaning: str

    def score(self, values: Values, names: Sequence[str]) -> Array:
        """The feature (n,), turned so that higher means likelier; nulls take the median, all null gives NaN."""
        column = self.direction * values[:, list(names).index(self.feature)].astype(np.float64)
        known = column[~np.isnan(column)]
        return np.where(np.isnan(column), np.median(known) if known.size else np.nan, column)

    def log_odds(self, score: Array) -> Array:
        """A score (n,) on a scale where a straight line to log-odds is fair."""
        return np.asarray(self.direction * scaled(self.direction * score, self.scale))


RECENCY = Baseline("recency", "days_since_last_order", 1, "log", "days since the last order")
ORDER_COUNT = Baseline("order_count", "order_days_365d", -1, "log", "order days of a year")
EXPECTED_ORDERS = Baseline("expected_orders", "expected_order_days", -1, "log", "gamma-Poisson expected order days")
BG_NBD = Baseline("bg_nbd", "probability_silent", 1, "odds", "BG/NBD chance of no order")
SPEND = Baseline("spend", "spend_365d", -1, "log", "spend of a year")


def _turned(baseline: Baseline) -> Baseline:
    return Baseline(baseline.name, baseline.feature, -baseline.direction, baseline.scale, baseline.meaning)


BASELINES: Mapping[str, tuple[Baseline, ...]] = {
    "churn": (RECENCY, ORDER_COUNT, EXPECTED_ORDERS, BG_NBD),
    "partnership": tuple(map(_turned, (RECENCY, ORDER_COUNT, EXPECTED_ORDERS, BG_NBD, SPEND))),
}
"""By kind of target. For partnership all turn round: whoever orders more, lately, counts as the better partner."""


LOGISTIC = "logistic"
HANDFUL: Mapping[str, tuple[Scale, int]] = {
    "days_since_last_order": ("log", 1),
    "order_days_365d": ("log", -1),
    "order_days_90d": ("log", -1),
    "tenure_days": ("log", 0),
    "expected_order_days": ("log", -1),
    "probability_silent": ("odds", 1),
    "spend_365d": ("log", -1),
}
"""What `LOGISTIC` looks at, by scale and direction towards churn: recency, frequency, amount, pace and age, as a first
model by hand would. They go together, so the sign of each is held to what is known of it; of age nothing is."""


def scores(kind: str, values: Values, names: Sequence[str]) -> dict[str, Array]:
    """Every baseline of a kind of target on rows (n, features), higher meaning likelier.

    A baseline whose feature is not there, or null for everybody, is left out.
    """
    usable = (baseline for baseline in BASELINES[kind] if baseline.feature in names)
    found = {baseline.name: baseline.score(values, names) for baseline in usable}
    return {name: score for name, score in found.items() if not np.isnan(score).any()}


def probabilities(
    kind: str, train: Mapping[str, Array], label: npt.ArrayLike, test: Mapping[str, Array]
) -> dict[str, Array]:
    """Baselines as probabilities on the test rows, by a logistic curve fitted on the training rows alone.

    Args:
        kind: of target.
        train: scores of the training rows, by baseline.
        label: 0 or 1 of the training rows (n,).
        test: scores of the test rows, by baseline.
    """
    by_name = {baseline.name: baseline for baseline in BASELINES[kind]}
    curves: dict[str, Calibration] = {
        name: fit_platt(by_name[name].log_odds(score), label) for name, score in train.items() if name in test
    }
    return {name: curve.probability(by_name[name].log_odds(test[name])) for name, curve in curves.items()}


def lines(
    kind: str,
    values: Values,
    names: Sequence[str],
    label: npt.ArrayLike,
    cutoff: npt.NDArray[np.datetime64],
    *,
    scope: Scope,
    titles: Sequence[str] = (),
) -> dict[str, Linear]:
    """The baselines of a kind of target as models that can be kept, fitted on these rows; see `Linear.fit`.

    All of them, or those called `titles`. The one called `logistic` looks at a handful of features together, the
    others at one each. Features that are not there, or null for everybody, are left out. No weight goes against what
    is known of its feature: more orders never make leaving likelier.

    Raises:
        ModelProblem: the label has one class only.
    """
    there = {name for place, name in enumerate(names) if not np.isnan(values[:, place]).all()}
    handful = {name: scale for name, (scale, _) in HANDFUL.items() if name in there}
    turn = 1 if kind == "churn" else -1
    known = {name: turn * direction for name, (_, direction) in HANDFUL.items()}
    single = {each.name: {each.feature: each.scale} for each in BASELINES[kind] if each.feature in there}
    chosen = {**single, **({LOGISTIC: handful} if handful else {})}
    return {
        title: Linear.fit(title, scales, values, names, label, cutoff, scope=scope, directions=known)
        for title, scales in chosen.items()
        if title in titles or not titles
    }
