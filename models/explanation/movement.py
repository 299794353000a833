"""Why a score moved since the export before: what the customer did, and what a new model sees otherwise.

The change of a probability is split at one point between the two exports: today's data under the model of then. So the
part of the data is what the old model says of what happened since, the part of the model what the new one says
otherwise of the same data, and both add up to the change. Ours, untested; other points to split at are as right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.explanation.contributions import by_group
from models.explanation.language import ENGLISH, Language
from models.explanation.wording import RECENCY, Spoken, checkable, moved, of_silence

Array = npt.NDArray[np.float64]
Values = npt.NDArray[np.float32]
LEAST = 0.1
"""Log-odds from which a move is worth a line: about two percentage points."""
QUIET_SHARE = 0.1
"""A member with less than this share of its group's move does not speak for it."""


@dataclass(frozen=True)
class Movement:
    """Changes of probability of n customers since the export before, (n,) each; `of_data` + `of_model` = `change`."""

    change: Array
    of_data: Array
    of_model: Array


def movement(before: Array, between: Array, now: Array) -> Movement:
    """Split the change of probabilities (n,).

    Args:
        before: as exported before.
        between: what the model of then says of today's data.
        now: as exported today.
    """
    return Movement(now - before, between - before, now - between)


@dataclass(frozen=True)
class Seen:
    """What one model saw of n customers at one cutoff: contributions (n, features + 1), values (n, features)."""

    parts: Array
    values: Values


def movers(
    then: Seen,
    now: Seen,
    names: Sequence[str],
    declared: Mapping[str, Spoken],
    groups: Sequence[int],
    count: int,
    language: Language = ENGLISH,
) -> list[tuple[str, ...]]:
    """What moved each score most under one model: sentences with the number of today and of then.

    Features that speak of the same thing move together; of those that moved clearly, one whose number can be looked up
    speaks for them before one that has to be explained, then the one that moved most. What is about the same is told
    once. Only moves in the direction of the whole count: what else happened explains nothing.

    Args:
        then: at the cutoff of the export before.
        now: at this cutoff.
        names: of the columns.
        declared: features by name.
        groups: which features speak alike, (features,).
        count: sentences a customer.
        language: of the sentences.
    """
    shift = now.parts[:, :-1] - then.parts[:, :-1]
    totals, group = by_group(np.column_stack([shift, np.zeros(len(shift))]), groups)
    spoken = [declared[name] for name in names]
    recency = names.index(RECENCY) if RECENCY in names else None
    return [
        _said(shift[row], totals[row], group, (then.values[row], now.values[row]), spoken, recency, count, language)
        for row in range(len(shift))
    ]


def _said(
    shift: Array,
    totals: Array,
    group: npt.NDArray[np.int64],
    values: tuple[Values, Values],
    spoken: Sequence[Spoken],
    recency: int | None,
    count: int,
    language: Language,
) -> tuple[str, ...]:
    direction = np.sign(shift.sum())
    found: dict[str, str] = {}
    for place in np.argsort(-totals * direction, kind="stable"):
        if len(found) == count or totals[place] * direction < LEAST:
            break
        members = np.flatnonzero(group == place).tolist()
        for member in sorted(members, key=lambda each: (not checkable(spoken[each]), -shift[each] * direction)):
            if shift[member] * direction < QUIET_SHARE * totals[place] * direction:
                continue
            speaker = _speaker(member, recency, values, spoken)
            text = moved(spoken[speaker], float(values[1][speaker]), float(values[0][speaker]), language)
            if text:
                found.setdefault(spoken[speaker].about, text)
                break
    return tuple(found.values())


def _speaker(member: int, recency: int | None, values: tuple[Values, Values], spoken: Sequence[Spoken]) -> int:
    """The feature itself; recency for what another model makes of the silence, where both moved the same way."""
    if recency is None or not of_silence(spoken[member]):
        return member
    change = values[1] - values[0]
    return recency if change[member] * of_silence(spoken[member]) * change[recency] > 0 else member
