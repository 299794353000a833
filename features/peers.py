"""Peer groups: whom a customer is held against, what is usual among them, and where it ranks.

The rule for peers, in one place: eligible customers of the same industry and region; where that group has fewer than
30 members, or the industry is unknown, those of the same region; else everybody. A supplier that keeps one of the two
has peers by that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.cohort import eligible

Array = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]
FEWEST_PEERS = 30
MOST_CODES = 2.0**24
"""More than there are industries or regions, so that a pair of codes is one number."""
LEVELS = ("industry and region", "region", "everybody")


@dataclass(frozen=True)
class Usual:
    """What is usual of each customer's peers: `medians` (groups, features), NaN where all is null, and which of these
    `groups` each customer (n,) is held against.
    """

    medians: Array
    group: Longs

    def of(self, rows: slice) -> Array:
        """The medians beside some customers, (rows, features)."""
        return self.medians[self.group[rows]]


@dataclass(frozen=True)
class PeerGroups:
    """For each eligible customer (n,): its group at each of `LEVELS`, and which level holds, an index into them."""

    groups: tuple[Longs, ...]
    level: Longs

    @classmethod
    def of(cls, industry: Array | None, region: Array | None, customers: int) -> PeerGroups:
        """The groups from codes of industry and region (n,), NaN for null; None where the supplier keeps none."""
        nothing, unknown = np.zeros(customers), np.full(customers, np.nan)
        trade = unknown if industry is None else industry
        pair = trade + (nothing if region is None else region / MOST_CODES)
        groups = tuple(map(_numbered, (pair, unknown if region is None else region, nothing)))
        level = np.full(customers, len(groups) - 1)
        for number in reversed(range(len(groups) - 1)):
            sizes = np.bincount(groups[number] + 1, minlength=1)
            sizes[0] = 0  # those who have none
            level = np.where(sizes[groups[number] + 1] >= FEWEST_PEERS, number, level)
        return cls(groups, level)

    @property
    def names(self) -> list[str]:
        """The level that holds for each customer, in words."""
        return [LEVELS[number] for number in self.level]

    def percentile(self, value: Array) -> Array:
        """The share of the customer's peers with a lower value, ties counting half, from 0 to 1; NaN for null."""
        out = np.full(value.size, np.nan)
        for rows, placed in self._each():
            ranks = eligible([value[rows]], np.ones(rows.size, dtype=bool))["rank"]
            out[rows[placed]] = ranks[placed]
        return out

    def usual(self, values: npt.NDArray[np.floating], columns: Sequence[int]) -> Usual:
        """The median of the customer's peers in each of some `columns` of `values` (n, features), nulls left out.

        Peers are those that `percentile` ranks among: who has a higher value than this ranks above the middle.
        """
        medians, group = [np.empty((0, len(columns)))], np.zeros(len(values), dtype=np.int64)
        for number, (rows, placed) in enumerate(self._each()):
            medians.append(np.array([[_median(values[:, column], rows) for column in columns]]))
            group[rows[placed]] = number
        return Usual(np.concatenate(medians), group)

    def _each(self) -> Iterator[tuple[Longs, npt.NDArray[np.bool_]]]:
        """The members of every group that somebody is held against, and which of them are held against this one."""
        for number, group in enumerate(self.groups):
            for member in np.unique(group[self.level == number]):
                rows = np.flatnonzero(group == member)
                yield rows, self.level[rows] == number


def _median(column: npt.NDArray[np.floating], rows: Longs) -> float:
    """The median of `rows` of a column, nulls left out; NaN where all is null."""
    known = np.sort(column[rows])  # nulls last
    count = known.size - int(np.isnan(known).sum())
    return (float(known[(count - 1) // 2]) + float(known[count // 2])) / 2 if count else float("nan")


def _numbered(codes: Array) -> Longs:
    """Group numbers from 0 (n,), -1 for NaN."""
    found = np.unique(codes[~np.isnan(codes)])
    return np.where(np.isnan(codes), -1, np.searchsorted(found, codes)).astype(np.int64)
