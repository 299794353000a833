"""Key accounts: the customers that carry so much of the money that somebody has to answer for each of them.

The plays go by the state of a relationship, and a customer that decides by the next offer is served at low cost,
whatever it is worth. Of the largest no supplier would have that: what they carry is said, and a person is named. State,
guards, profit and hold-out stay as they are, for the person is there whatever play is tried beside. (Ours, untested.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.decision.guards import NEGLECT
from models.decision.measures import MEASURES, Temptation
from models.decision.plays import why_of
from models.decision.repair import NO_REPAIR, REPAIR_ONLY, WHY, Repair, measures_of
from models.explanation.language import Language

Array = npt.NDArray[np.float64]
PERSON_LEVER = "L3"
"""Good personal relations: the lever of naming a person."""
LEAST_TIMES_USUAL = 3
"""Times the mean share, for where there are few customers everybody carries one in a hundred. (Ours, untested.)"""
WEIGHT = "It carries {share:.1%} of the margin expected of all customers."
PERSON = "name one person here who answers for this account and speaks with it every month"
USUAL = "For an account of this weight the usual is one person here who answers for it and speaks with it every month."


@dataclass(frozen=True)
class Accounts:
    """Of n customers, each (n,): the share of the margin expected of them all, NaN where unknown, and who is key."""

    share: Array
    key: npt.NDArray[np.bool_]

    def weight(self, row: int) -> float | None:
        """The share of a key account; None for all others."""
        return float(self.share[row]) if self.key[row] else None


def accounts(value: Array, least_share: float) -> Accounts:
    """Who carries at least `least_share` of all expected margin, and three times what a customer carries on average.

    Args:
        value: margin expected of each customer, (n,), in the currency; NaN where unknown.
        least_share: above 0; no more than 1 / `least_share` customers, and a third of them, can be key accounts.
    """
    whole, known = float(np.nansum(value)), int(np.isfinite(value).sum())
    share = value / whole if whole > 0 else np.full(value.size, np.nan)
    return Accounts(share, np.nan_to_num(share) >= max(least_share, LEAST_TIMES_USUAL / max(known, 1)))


def why(play: str, weight: float | None, language: Language, repair: Repair = NO_REPAIR) -> list[str]:
    """Why a play is called for, in sentences; of a key account with what it carries, also where there is no play.

    Args:
        play: its code; empty for none.
        weight: share of all expected margin of a key account, None for all others.
        language: of the sentences.
        repair: what a severe complaint asks for; where that is all, it is the only reason.
    """
    complaint = [language.text(WHY)] if repair else []
    weighs = [] if weight is None else [language.say(WEIGHT, share=weight)]
    silent = not play or repair == REPAIR_ONLY
    calls = [] if silent else [language.text(why_of(play, key=weight is not None, repair=bool(repair)))]
    return [*complaint, *weighs, *calls]


def levers(play: str, *, key: bool, repair: Repair = NO_REPAIR) -> tuple[str, ...]:
    """The levers a play moves with a customer, of a key account with that of the person who answers for it."""
    moved = [MEASURES[name].lever for name in measures_of(play, repair)]
    person = [PERSON_LEVER] if key else []
    return tuple(dict.fromkeys([*moved[:1], *person, *moved[1:]] if repair else [*person, *moved]))


def never_of(temptations: tuple[Temptation, ...], *, key: bool) -> tuple[Temptation, ...]:
    """What must not be done: for a key account it is not taken for granted either."""
    return tuple(dict.fromkeys([*temptations, *([NEGLECT] if key else [])]))


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [WEIGHT, PERSON, USUAL]
