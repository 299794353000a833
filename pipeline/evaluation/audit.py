"""The strength audit of a training run: models from strength alone and from behaviour alone, by the same recipe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.catalogue import FEATURES
from features.errors import ModelProblem
from models.evaluation.staying import STAYS
from models.evaluation.strength import BEHAVIOUR, BOTH, STRENGTH, Audit, AuditRows, audit
from models.reference import alike
from models.split import months_before
from pipeline.config import Config
from pipeline.learning.drawing import draws_of
from pipeline.learning.learning import learn
from pipeline.matrices.dataset import Dataset, usable_threads
from pipeline.matrices.tasks import Task
from pipeline.process.progress import stage

Array = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
FAMILY = "strength"
SIZES = ("spend_365d", "wallet_total_365d")
"""Stand in for strength where there is no table of customers: what is bought from us, and from everybody."""
NEAR = np.timedelta64(5, "D")
"""Cutoffs a year apart fall on the same day of the month, but for months that are too short."""
FEWEST = 100
"""Rows below which fifths are too few customers to compare."""


@dataclass(frozen=True)
class Examined:
    """A tested model: the features it learned from, and its scores (n,) of the labelled rows of the test cutoffs."""

    names: tuple[str, ...]
    score: Array


UNEXAMINED = Examined((), np.zeros(0))
"""No tested model is one of the three: it learned from more customers than the others may."""


def strength_features(data: Dataset) -> tuple[list[str], bool]:
    """The features that stand for strength, and whether they are only a proxy; none where there is nothing.

    Those of the family, where they tell customers apart; else size as the orders, and the wallet, show it.
    """
    known = {name for place, name in enumerate(data.names) if _varies(data.values[:, place])}
    declared = [each.name for each in FEATURES if each.family == FAMILY and each.name in known]
    if declared:
        return declared, False
    return [name for name in SIZES if name in known], True


def _varies(column: npt.NDArray[np.float32]) -> bool:
    known = column[~np.isnan(column)]
    return bool(known.size and known.min() < known.max())


def behaviour_features(data: Dataset, strong: list[str], *, proxy: bool) -> list[str]:
    """All features but those of strength; with a proxy, also without those that rise and fall with it."""
    declared = {each.name for each in FEATURES if each.family == FAMILY}
    left = [name for name in data.names if name not in declared and name not in strong]
    if not proxy:
        return left
    latest = data.values[data.cutoff == data.cutoff.max()]
    group = dict(zip(data.names, alike(latest), strict=True))
    taken = {group[name] for name in strong}
    return [name for name in left if group[name] not in taken]


@stage("strength audit")
def strength_audit(
    every: Dataset, past: Days, later: Days, tested: Examined, task: Task, config: Config
) -> Audit | None:
    """Models from strength, from behaviour and from both, fitted on the cutoffs `past` and measured at `later`.

    Args:
        every: the rows of all cutoffs. They may hold features of strength that the tested model did not learn from.
            Where size is a proxy, it is ranked as it was a year before the test cutoff, since commitment is counted
            against the spend of the year between, and who was large by chance then falls back of itself.
        past: the cutoffs learned from.
        later: the cutoffs tested on.
        tested: the tested model, which is used again where it is one of the three.
        task: what is predicted.
        config: the recipe, and the draws.

    Returns:
        None where nothing stands for strength, or a model cannot be fitted.
    """
    learned, judged = every.take(np.isin(every.cutoff, past)), every.take(np.isin(every.cutoff, later)).labelled()
    strong, proxy = strength_features(learned)
    if not strong or not len(judged):
        return None
    behaviour = behaviour_features(learned, strong, proxy=proxy)
    chosen = {STRENGTH: strong, BEHAVIOUR: behaviour, BOTH: list(every.names)}
    try:
        scores = {name: _score(learned, judged, names, tested, task, config) for name, names in chosen.items()}
    except ModelProblem:
        return None
    acts = acts_shown(judged)
    size = _size(judged, every, strong, proxy=proxy)
    enough = acts is not None and (~np.isnan(size) & ~np.isnan(acts)).sum() >= FEWEST
    rows = AuditRows(
        judged.customer, judged.cutoff, judged.label.astype(np.float64), scores, size, acts if enough else None
    )
    return audit(rows, strong, proxy=proxy, workers=usable_threads(config), **draws_of(config))


def _size(judged: Dataset, every: Dataset, strong: list[str], *, proxy: bool) -> Array:
    """By how much each row (n,) counts as strong."""
    columns = [_year_before(judged, every, name) if proxy else judged.column(name) for name in strong]
    return mean_rank(np.column_stack(columns), judged.cutoff)


def _score(learned: Dataset, judged: Dataset, names: list[str], tested: Examined, task: Task, config: Config) -> Array:
    if set(names) == set(tested.names):
        return tested.score
    model = learn(learned.only(names), task, config, calibrated=False)
    part = judged.only(names)
    return model.probability(part.values, part.names)


def acts_shown(data: Dataset) -> Array | None:
    """How many acts of commitment each row showed (n,); None where none are watched, or staying alone.

    Churn in part is made of several acts too, and they are acts of leaving: they would turn the overlap round.
    An act that could not be observed was not shown, as in the label: most suppliers cannot see some of them of anybody,
    and a shock that could be withstood comes to few. NaN only where no act at all could be observed.
    """
    if STAYS not in data.acts or len(data.acts) == 1:
        return None
    acts = np.stack([act.astype(np.float64) for act in data.acts.values()])
    return np.where(np.isnan(acts).all(axis=0), np.nan, np.nansum(acts, axis=0))


def mean_rank(columns: Array, cutoff: Days) -> Array:
    """The mean rank of each row in its cutoff, from 0 to 1, over the columns (n, k) that are known of it."""
    ranks = np.full(columns.shape, np.nan)
    for place, column in enumerate(columns.T):
        for day in np.unique(cutoff):
            rows = np.flatnonzero((cutoff == day) & ~np.isnan(column))
            if rows.size:
                _, ranked, counts = np.unique(column[rows], return_inverse=True, return_counts=True)
                ranks[rows, place] = ((np.cumsum(counts) - counts / 2) / rows.size)[ranked]
    known = (~np.isnan(ranks)).sum(axis=1)
    return np.divide(np.nansum(ranks, axis=1), known, out=np.full(len(columns), np.nan), where=known > 0)


def _year_before(later: Dataset, every: Dataset, name: str) -> Array:
    """The feature of the same customers at the cutoff a year earlier (n,); NaN for those not eligible then."""
    found = np.full(len(later), np.nan)
    cutoffs = np.unique(every.cutoff)
    for day in np.unique(later.cutoff):
        wanted = np.datetime64(months_before(day.astype("datetime64[D]").item(), 12))
        near = cutoffs[np.abs(cutoffs - wanted) <= NEAR]
        if near.size:
            then = every.cutoff == near[0]
            rows = np.flatnonzero(later.cutoff == day)
            known = dict(zip(every.customer[then].tolist(), every.column(name)[then].tolist(), strict=True))
            found[rows] = [known.get(who, np.nan) for who in later.customer[rows].tolist()]
    return found
