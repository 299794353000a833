"""The strength audit of a training run: models from strength alone and from behaviour alone, by the same recipe."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.catalogue import FEATURES
from features.errors import ModelProblem
from models.evaluation.strength import BEHAVIOUR, BOTH, STRENGTH, Audit, AuditRows, audit
from models.reference import alike
from models.split import months_before
from pipeline.config import Config
from pipeline.dataset import Dataset, Task, usable_threads
from pipeline.learning import learn

Array = npt.NDArray[np.float64]
FAMILY = "strength"
SIZES = ("spend_365d", "wallet_total_365d")
"""Stand in for strength where there is no table of customers: what is bought from us, and from everybody."""
NEAR = np.timedelta64(5, "D")
"""Cutoffs a year apart fall on the same day of the month, but for months that are too short."""
FEWEST = 100
"""Rows below which fifths are too few customers to compare."""


def strength_features(data: Dataset) -> tuple[list[str], bool]:
    """The features that stand for strength, and whether they are only a proxy; none where there is nothing.

    Those of the family, where they are known of anybody; else size as the orders, and the wallet, show it.
    """
    known = {name for place, name in enumerate(data.names) if not np.isnan(data.values[:, place]).all()}
    declared = [each.name for each in FEATURES if each.family == FAMILY and each.name in known]
    if declared:
        return declared, False
    return [name for name in SIZES if name in known], True


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


def strength_audit(
    past: Dataset, later: Dataset, every: Dataset, both: Array, task: Task, config: Config
) -> Audit | None:
    """Models from strength, from behaviour and from both, fitted on `past` and measured on `later`.

    Args:
        past: training rows.
        later: labelled rows of the test cutoffs.
        every: the rows of all cutoffs: where size is a proxy, it is ranked as it was a year before the test cutoff,
            since commitment is counted against the spend of the year between, and who was large by chance then falls
            back of itself.
        both: scores (rows of `later`,) of the model of all features.
        task: what is predicted.
        config: the recipe, and the draws.

    Returns:
        None where nothing stands for strength, or a model cannot be fitted.
    """
    strong, proxy = strength_features(past)
    if not strong or not len(later):
        return None
    behaviour = behaviour_features(past, strong, proxy=proxy)
    chosen = {STRENGTH: strong, BEHAVIOUR: behaviour}
    try:
        scores = {name: _score(past, later, names, task, config) for name, names in chosen.items()} | {BOTH: both}
    except ModelProblem:
        return None
    sizes = [_year_before(later, every, name) if proxy else later.column(name) for name in strong]
    size = mean_rank(np.column_stack(sizes), later.cutoff)
    acts = _acts(later)
    enough = acts is not None and (~np.isnan(size) & ~np.isnan(acts)).sum() >= FEWEST
    return audit(
        AuditRows(later.customer, later.cutoff, later.label.astype(np.float64), scores, size, acts if enough else None),
        strong,
        proxy=proxy,
        draws=config.training.bootstrap_repetitions,
        seed=config.training.seed,
        workers=usable_threads(config),
        confidence=config.training.interval,
    )


def _score(past: Dataset, later: Dataset, names: list[str], task: Task, config: Config) -> Array:
    model = learn(past.only(names), task, config, calibrated=False)
    part = later.only(names)
    return model.probability(part.values, part.names)


def _acts(data: Dataset) -> Array | None:
    """How many acts of commitment each row showed (n,); None where one act is all that is watched."""
    if len(data.acts) < 2:
        return None
    return np.asarray(np.sum([act.astype(np.float64) for act in data.acts.values()], axis=0))


def mean_rank(columns: Array, cutoff: npt.NDArray[np.datetime64]) -> Array:
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
