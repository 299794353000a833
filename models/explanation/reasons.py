"""Why this customer: the few things that move its score most, as codes and as sentences with its own numbers.

Features that rise and fall together (`Reference.groups`) share one reason: their contributions are added, groups
are ranked by the size of the sum, and one member speaks for the group. Members that pull the group's way and differ
from what is usual may speak; among them those whose number can be looked up before those that need explaining, then
those that add most. So three windows of the same count never take three places.

A member of which it is certain which way it works never speaks for the other way: "raises the risk: ordered in 33% of
its months; comparable customers: 25%" would be a trace of what it is seen with, and reads as a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.explanation.contributions import by_group
from models.explanation.language import ENGLISH, Language
from models.explanation.wording import PROBABILITY, RECENCY, Spoken, checkable, of_silence, sentence
from models.reference import Reference

Array = npt.NDArray[np.float64]
RAISES, LOWERS = "raises", "lowers"
LEAST, LEAST_SHARE = 0.05, 0.05
"""A reason is worth a line from this many log-odds (about one percentage point), and from this share of all that
moves the customer's score."""
QUIET_SHARE = 0.02
"""A member that adds less than this share to its group does not speak for it."""
STREAK, MONTH, HALF_YEAR = "longest_run_of_silent_months", 30, "half_year_months_with_order"
"""Features that tell of silence by the month (of 30 days): the longest in a year, and whether it lasts half of one."""
USUAL_SHARE = 0.05
"""A value nearer to what is usual than this share of the spread between customers is as usual."""


@dataclass(frozen=True)
class Reason:
    """One thing that moves a customer's score.

    `code` is the feature that speaks, `direction` "raises" or "lowers", `size` the log-odds by which it and the
    features like it move the score, `text` the sentence.
    """

    code: str
    direction: str
    size: float
    text: str


@dataclass(frozen=True)
class Telling:
    """The language of sentences, and the kind of target they are about, by which features declare what is certain."""

    language: Language = ENGLISH
    kind: str = ""


IN_ENGLISH = Telling()


def top_reasons(
    contributions: Array,
    values: npt.NDArray[np.float32],
    names: Sequence[str],
    features: Mapping[str, Spoken],
    reference: Reference,
    usual: Array,
    count: int,
    telling: Telling = IN_ENGLISH,
) -> list[tuple[Reason, ...]]:
    """The reasons of each row, the strongest first, at most `count`.

    Args:
        contributions: (n, features + 1) in log-odds, as `Propensity.contributions` gives them.
        values: (n, features), the customers' own numbers; a null has no number, so it never speaks.
        names: of the columns.
        features: declarations by name.
        reference: how far customers spread, and which features speak alike.
        usual: (n, features), the median of the customers that each is comparable with.
        count: reasons a customer.
        telling: how, and of which kind of target.
    """
    totals, group = by_group(contributions, reference.groups)
    order = np.argsort(-np.abs(totals), axis=1, kind="stable")
    declared = [features[name] for name in names]
    plain = np.array([checkable(each) for each in declared], dtype=bool)
    certain = np.array([each.direction.get(telling.kind, 0) for each in declared], dtype=np.int64)
    speakers = _Speakers(names, declared, reference.spread, group, plain, certain, telling.language)
    return [
        speakers.reasons(totals[row], order[row], contributions[row], _Numbers(values[row], usual[row]), count)
        for row in range(len(values))
    ]


class _Numbers(NamedTuple):
    """A customer's own numbers, and what is usual among its peers, (features,) each."""

    own: npt.NDArray[np.float32]
    usual: Array


@dataclass(frozen=True)
class _Speakers:
    """Finds, in a group of like features, the one that speaks for it; all sequences are (features,)."""

    names: Sequence[str]
    declared: Sequence[Spoken]
    spread: Array
    group: npt.NDArray[np.int64]
    plain: npt.NDArray[np.bool_]
    certain: npt.NDArray[np.int64]
    language: Language

    @property
    def recency(self) -> int | None:
        """The place of the feature that tells of silence, None where the model does not look at it."""
        return self.names.index(RECENCY) if RECENCY in self.names else None

    @property
    def nothing_else(self) -> bool:
        """Whether the model looks at probabilities of other models alone: then they are all there is to say."""
        return all(each.unit == PROBABILITY for each in self.declared)

    def reasons(
        self, totals: Array, order: npt.NDArray[np.int64], parts: Array, numbers: _Numbers, count: int
    ) -> tuple[Reason, ...]:
        """The reasons of one row: groups by falling size, each through the member that speaks for it."""
        least = max(LEAST, LEAST_SHARE * float(np.abs(totals).sum()))
        apart = numbers.own - numbers.usual
        distinct = (np.abs(apart) > USUAL_SHARE * self.spread) & (self.certain * apart * parts[:-1] >= 0)
        found: dict[tuple[str, str], Reason] = {}
        for place in order:
            if len(found) == count or abs(totals[place]) < least:
                break
            spoken = self._spoken(place, float(totals[place]), np.where(distinct, parts[:-1], 0.0), numbers)
            if spoken is not None:
                about = self.declared[self.names.index(spoken.code)].about
                found.setdefault((about, spoken.direction), spoken)
        return tuple(found.values())

    def _spoken(self, place: int, total: float, parts: Array, numbers: _Numbers) -> Reason | None:
        """The first member, in the order of speaking, that has something to say; `parts` are 0 where it has not."""
        members = np.flatnonzero((self.group == place) & (parts * np.sign(total) > QUIET_SHARE * abs(total)))
        for member in members[np.lexsort((-np.abs(parts[members]), ~self.plain[members]))]:
            speaker = self._speaker(int(member), total, parts, numbers)
            number, usual = float(numbers.own[speaker]), float(numbers.usual[speaker])
            text = sentence(self.declared[speaker], number, usual, self.language, probabilities=self.nothing_else)
            if text:
                return Reason(self.names[speaker], RAISES if total > 0 else LOWERS, round(total, 4), text)
        return None

    def _speaker(self, member: int, total: float, parts: Array, numbers: _Numbers) -> int:
        """The feature itself; recency, where it says that nothing happened in a window that lies within the silence.

        Recency has to pull the way of the `total`, or its sentence would contradict the direction. It also speaks for
        what another model makes of the silence, see `of_silence`, of which a probability has no sentence beside the
        customer's own, and for months without an order that are the present silence.
        """
        (values, usual), recency, spoken = numbers, self.recency, self.declared[member]
        if recency is None or member == recency:
            return member
        if of_silence(spoken) and not self.nothing_else:
            apart = values - usual
            return recency if apart[member] * of_silence(spoken) * apart[recency] > 0 else member
        if parts[recency] * total <= 0:
            return member
        silent = _silent_days(self.names[member], spoken.days, float(values[member]))
        return recency if silent is not None and silent <= values[recency] else member


def _silent_days(name: str, days: int | None, value: float) -> float | None:
    """The days without an order that a value tells of; None where it tells of none."""
    if name == STREAK:
        return value * MONTH if value > 0 else None
    window = 6 * MONTH if name == HALF_YEAR else days
    return window if value == 0 else None
