"""The ids that customers are known by now, for those they had before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sources.keys import Key, Mask


@dataclass(frozen=True)
class NewerIds:
    """For each old id the one that the customer is known by `now`, and the `step` to the next one; for each id by now
    the `first`, which its lots are drawn by, once order lines have told (`pipeline.sources.first_ids`).
    """

    now: Mapping[str, str]
    step: Mapping[str, str] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_pairs(cls, step: Mapping[str, str]) -> NewerIds:
        """Of each id and the next one; ids that lead round are left out."""
        return cls(followed(step), step)

    @cached_property
    def listed(self) -> frozenset[str]:
        """Every id of the list, older and newer."""
        return frozenset((*self.step, *self.step.values()))

    def marked(self, digest: str) -> str:
        """The digest of a history that is read by these ids: they also say who is meant where no row does."""
        told = "".join(f"\n{kind}\0{old}\0{new}" for kind, ids in self._both for old, new in sorted(ids.items()))
        return hashlib.sha256(f"{digest}{told}".encode()).hexdigest() if told else digest

    @property
    def _both(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        return ("now", self.now), ("first", self.first)

    @cached_property
    def _old(self) -> pa.Array:
        return pa.array([*self.now], pa.string())

    @cached_property
    def _new(self) -> pa.Array:
        return pa.array([*self.now.values()], pa.string())

    def of(self, key: Key) -> Key:
        """The key of customers with the ids they are known by now."""
        return key.changed(lambda ids: pc.coalesce(self._new.take(pc.index_in(ids, value_set=self._old)), ids))

    def replaced(self, key: Key) -> Mask:
        """The rows (n,) whose customer has another id by now."""
        return key.matching(lambda ids: pc.is_in(ids, value_set=self._old))


def followed(step: Mapping[str, str]) -> dict[str, str]:
    """Each old id with the last of its chain; without those of a circle, and those that lead into one."""
    now: dict[str, str] = {}
    done: set[str] = set()
    for first in step:
        chain, at = [], first
        while at in step and at not in done:
            done.add(at)
            chain.append(at)
            at = step[at]
        if at not in step or at in now:
            now |= dict.fromkeys(chain, now.get(at, at))
    return now
