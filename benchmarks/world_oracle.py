"""How much of the hidden world the tables can tell at all: readings by models that were taught the truth.

The oracle is a boosted regression from all features to a hidden value, cross-validated on the same customers. No honest
reading of the tables does better by much, so a gap between the two is ours, and what the oracle lacks is not in the
tables. It learns from as many customers as there are: in a larger world it is a better one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRegressor
from scipy.stats import rankdata, spearmanr
from sklearn.model_selection import KFold, cross_val_predict

from benchmarks.world_read import Array, Seen, held
from features.peers import PeerGroups
from models.decision.standing import Standing, StateThresholds
from models.decision.states import Signs, signs

HIDDEN = ("cost_investment", "cost_risk", "value", "pressure", "propensity", "alternative", "pull")
ORACLE = {
    "n_estimators": 150, "learning_rate": 0.05, "num_leaves": 15, "min_child_samples": 20, "colsample_bytree": 0.3,
    "n_jobs": 1, "verbose": -1,
}  # fmt: skip
FOLDS = 3
INDEX_OF = {"investment": "cost_investment", "risk": "cost_risk", "value": "value", "pressure": "pressure"}
"""Indices of a standing, and the hidden values they read."""


def oracle(seen: Seen) -> dict[str, float]:
    """The best reading there is: rank correlations, and the precision of being held where it equals recall."""
    found = {value: alike(learned(seen, seen.rows[f"true_{value}"]), seen.rows[f"true_{value}"]) for value in HIDDEN}
    return found | {"held": at_equal_number(chance_of(seen, held(seen.rows).to_numpy()), held(seen.rows).to_numpy())}


def best_standing(seen: Seen) -> Standing:
    """Where the customers stand when every index, and the propensity, is read by an oracle; the chances are ours.

    No rule of such signs can find more of the states, however its indices are composed.
    """
    rows = seen.rows
    codes = (rows[f"true_{name}"].to_numpy(np.float64) for name in ("trade", "region"))
    peers, sure = PeerGroups.of(*codes, len(rows)), np.ones(len(rows))
    found: dict[str, Array] = {}
    for index, value in INDEX_OF.items():
        place = peers.percentile(rows[f"true_{value}"].to_numpy(np.float64))
        found |= {index: 100 * peers.percentile(learned(seen, place)), f"{index}_coverage": sure}
    wish = learned(seen, rows["true_propensity"])
    rank = (rankdata(wish) - 0.5) * 100 / wish.size
    usual = np.full(wish.size, rows["true_propensity"].mean())
    nobody = np.zeros(wish.size, dtype=bool)
    return replace(seen.now, propensity=wish, base_rate=usual, propensity_rank=rank, expands=nobody, **found)


def best_signs(seen: Seen, limits: StateThresholds) -> Signs:
    """The rule on `best_standing`; the wish of a captive ends in truth at the base rate itself."""
    now = best_standing(seen)
    return signs(now, np.zeros(len(now), dtype=bool), replace(limits, captive_propensity=1.0))


def learned(seen: Seen, wanted: pd.Series | Array) -> Array:
    """Cross-validated predictions (n,) of a hidden value from all features."""
    return np.asarray(cross_val_predict(LGBMRegressor(**ORACLE), seen.values, np.asarray(wanted), cv=_folds()))


def chance_of(seen: Seen, wanted: npt.NDArray[np.bool_]) -> Array:
    """Cross-validated probability (n,) of a hidden flag from all features."""
    model = LGBMClassifier(**ORACLE)
    return np.asarray(cross_val_predict(model, seen.values, wanted, cv=_folds(), method="predict_proba")[:, 1])


def at_equal_number(score: Array, true: npt.NDArray[np.bool_]) -> float:
    """Precision, and so recall, where as many are named as there are: those with the highest scores."""
    return float(true[np.argsort(-score, kind="stable")[: true.sum()]].mean())


def alike(one: pd.Series | Array, other: pd.Series) -> float:
    """Rank correlation, where both are known."""
    return float(spearmanr(one, other, nan_policy="omit").statistic)


def _folds() -> KFold:
    return KFold(FOLDS, shuffle=True, random_state=0)
