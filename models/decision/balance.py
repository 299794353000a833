"""Whether those held out were drawn at random: did they differ from the treated in what was known before?

Lots give both groups the same customers but for chance. Where the groups differ by more, somebody chose, and what the
groups did afterwards says how they were chosen as much as what the action did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NOTABLE = 0.1
"""Standard deviations between the means of the groups below which they count as alike (Austin 2009)."""
FALSE_ALARM = 0.01
"""Chance that lots raise the alarm, over all features together."""


@dataclass(frozen=True)
class Gap:
    """How far the treated lie above the held out in one feature, in standard deviations."""

    feature: str
    size: float


@dataclass(frozen=True)
class Balance:
    """The `gaps` of all features that could be compared, widest first, and the `limit` beyond which lots do not go."""

    gaps: tuple[Gap, ...]
    limit: float

    @property
    def broken(self) -> tuple[Gap, ...]:
        """The gaps that lots do not explain, widest first."""
        return tuple(gap for gap in self.gaps if abs(gap.size) > self.limit)


def balance(values: npt.NDArray[np.floating], names: Sequence[str], treated: npt.ArrayLike) -> Balance:
    """Compare what was known of the treated and the held out before the action.

    Args:
        values: (n, features), NaN being null; that a value is null counts as a feature of its own.
        names: of the columns.
        treated: (n,); at least two customers in either group.

    Returns:
        Gaps of the means over the pooled standard deviation. The limit is `NOTABLE`, or, where the groups are small,
        what the widest of as many gaps stays below by chance all but `FALSE_ALARM` of the time (Bonferroni).

    Source: Austin 2009 for standardised differences; the limit for small groups is ours.
    """
    flags = np.asarray(treated, dtype=bool)
    gaps = [gap for place, name in enumerate(names) for gap in _gaps(name, values[:, place].astype(np.float64), flags)]
    sizes = max(int(flags.sum()), 1), max(int((~flags).sum()), 1)
    chance = float(stats.norm.ppf(1 - FALSE_ALARM / (2 * max(len(gaps), 1)))) * np.sqrt(1 / sizes[0] + 1 / sizes[1])
    return Balance(tuple(sorted(gaps, key=lambda gap: -abs(gap.size))), max(NOTABLE, float(chance)))


def _gaps(name: str, column: Array, treated: Flags) -> list[Gap]:
    there = ~np.isnan(column)
    found = [
        (name, _gap(column[treated & there], column[~treated & there])),
        (f"{name} is known", _gap(there[treated].astype(np.float64), there[~treated].astype(np.float64))),
    ]
    return [Gap(which, size) for which, size in found if not np.isnan(size)]


def _gap(ours: Array, theirs: Array) -> float:
    """The distance of two means in pooled standard deviations; NaN where nothing varies or too little is known."""
    if min(ours.size, theirs.size) < FEWEST:
        return float("nan")
    spread = np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / 2)
    distance = float(ours.mean() - theirs.mean())
    if spread == 0:
        return float("nan") if distance == 0 else float(np.copysign(np.inf, distance))
    return distance / float(spread)


FEWEST = 20
"""Known values in either group below which a feature is not compared: a mean of fewer is anything."""
