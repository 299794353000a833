"""Features that know too much: how well each ranks alone, against the others and against its own past, and the alarm.

A feature computed before a cutoff shares its history with every other one, so the best of them runs ahead of the next
by little, and does so at every cutoff. One that looks into the outcome window breaks one of these habits. Distances are
measured as the separation d' = sqrt(2) * probit(AUC): how many standard deviations apart the two outcomes lie on the
feature, which counts the step from .95 to .99 for what it is, where a difference of AUCs does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from models.evaluation.metrics import roc_auc
from models.evaluation.tally import Array, tally
from models.explanation.sentence import Sentence

PERFECT = 0.99
"""Only one pair of customers in a hundred stands the wrong way round: no habit is as sure as that. A contract that ends
is: such a history raises the alarm by several honest features at once, and cannot be told from one whose rows are all
dated too early. Whoever knows the trade has to say which it is."""
APART = 0.5
"""Half a standard deviation ahead of all others: from .75 to .85, or from .85 to .94. On three suppliers' histories the
best honest feature led by 0.0 to 0.2; recency seen 30 days too late led by 0.3 to 0.5, and seen 45 days too late by
0.5 to 0.8, of 90 days of outcome (ours). What looks ahead by less than a third of the outcome passes."""
NEW_LEAD, NEW_GAIN = 0.25, 0.5
"""A smaller lead, by a feature that is half a standard deviation ahead of what it could itself at earlier cutoffs.
Honest features gained up to 0.5 from one season to the next, but none of them led (ours)."""
SURELY = 3.0
"""Standard errors that a lead or a gain has to be worth as well, since hundreds of features are looked at."""
TURNED_OUT = 1e-6
OF_FEATURES = ("perfect", "apart", "new")
"""The rules by which a feature raises an alarm."""
SAID = {
    "perfect": "{feature} alone ranks with AUC {auc:.3f}: nearly perfectly",
    "apart": "{feature} alone ranks with AUC {auc:.3f}, {lead:.1f} standard deviations ahead of everything else",
    "new": "{feature} alone ranks with AUC {auc:.3f}, ahead of everything else; at earlier cutoffs it had {past:.3f}",
}


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*SAID.values()]


@dataclass(frozen=True)
class SingleFeature:
    """One feature as a score, turned the way it ranks best: AUC within cutoffs, its standard error, AUC earlier on.

    `separation` and `error` are of d'; `past` is the AUC at earlier cutoffs, turned the same way (NaN without any).
    """

    name: str
    auc: float
    separation: float
    error: float
    past: float

    @property
    def gain(self) -> float:
        """How much further apart the outcomes lie than at earlier cutoffs; 0 where that is not known."""
        return 0.0 if np.isnan(self.past) else self.separation - float(separation(self.past))

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return asdict(self)


@dataclass(frozen=True)
class Alarm:
    """A feature that ranks better than something known beforehand should; `text` says by how much."""

    name: str
    rule: str
    text: Sentence

    def summary(self) -> dict[str, object]:
        """JSON-able."""
        return asdict(self)


def separation(auc: float) -> float:
    """D' of an AUC."""
    return float(np.sqrt(2) * special.ndtri(np.clip(auc, TURNED_OUT, 1 - TURNED_OUT)))


def within_auc(column: Array, label: Array, cutoff: npt.NDArray[np.datetime64]) -> tuple[float, float]:
    """AUC of pairs of the same cutoff, and its standard error; NaN where no cutoff holds both outcomes.

    Source: Hanley & McNeil 1982 for the standard error.
    """
    areas, pairs, errors = [], [], []
    for day in np.unique(cutoff):
        labels = label[cutoff == day]
        ones, zeros = labels.sum(), (1 - labels).sum()
        if min(ones, zeros) > 0:
            area = roc_auc(tally(labels, column[cutoff == day]))
            areas.append(area)
            pairs.append(ones * zeros)
            errors.append(_variance(area, ones, zeros))
    if not areas:
        return float("nan"), float("nan")
    shares = np.array(pairs) / np.sum(pairs)
    # cutoffs lie close together and hold the same customers: their errors are taken as one, not averaged out
    return float(shares @ np.array(areas)), float(shares @ np.sqrt(errors))


def _variance(area: float, ones: float, zeros: float) -> float:
    side = max(area, 1 - area)
    first, second = side / (2 - side), 2 * side**2 / (1 + side)
    spread = side * (1 - side) + (ones - 1) * (first - side**2) + (zeros - 1) * (second - side**2)
    return float(max(spread, 0.0) / (ones * zeros))


def alone(
    values: npt.NDArray[np.float32],
    names: Sequence[str],
    label: Array,
    cutoff: npt.NDArray[np.datetime64],
    earlier: npt.NDArray[np.bool_],
) -> list[SingleFeature]:
    """Every feature as a score of its own, the best first.

    Args:
        values: rows (n, features), NaN being null; a null ranks below or above all values, whichever tells more.
        names: of the features.
        label: 0 or 1 (n,).
        cutoff: (n,) days.
        earlier: the rows (n,) of cutoffs before the test.
    """
    parts = ((values[~earlier], label[~earlier], cutoff[~earlier]), (values[earlier], label[earlier], cutoff[earlier]))
    now, before = ([(part[:, place], labels, days) for place in range(len(names))] for part, labels, days in parts)
    found = [_alone(*each) for each in zip(names, now, before, strict=True)]
    return sorted((each for each in found if each is not None), key=lambda each: (-each.auc, each.name))


Part = tuple[npt.NDArray[np.float32], Array, npt.NDArray[np.datetime64]]


def _alone(name: str, now: Part, before: Part) -> SingleFeature | None:
    """The feature placed and turned the way it tells most now; None where it tells nothing apart."""
    tried = [(null, *within_auc(_ranked(now[0], null), now[1], now[2])) for null in (-1, 1)]
    null, area, error = max(tried, key=lambda each: abs(each[1] - 0.5) if not np.isnan(each[1]) else -1.0)
    if np.isnan(area):
        return None
    past, _ = within_auc(_ranked(before[0], null), before[1], before[2]) if before[1].size else (float("nan"), 0.0)
    area, past = (area, past) if area >= 0.5 else (1 - area, 1 - past)
    apart = separation(area)
    slope = np.sqrt(2) * np.sqrt(2 * np.pi) * np.exp(apart**2 / 4)
    return SingleFeature(name, area, apart, float(min(slope * error, 1e3)), past)


def _ranked(column: npt.NDArray[np.float32], null: int) -> Array:
    """The column with nulls below (-1) or above (1) every value."""
    return np.nan_to_num(column.astype(np.float64), nan=null * np.inf, posinf=np.inf, neginf=-np.inf)


def alarms(
    found: Sequence[SingleFeature],
    groups: Mapping[str, int],
    trusted: Sequence[str] = (),
    used: Collection[str] | None = None,
) -> list[Alarm]:
    """The features that rank better than something known beforehand should.

    Args:
        found: features alone.
        groups: by feature, a number shared by those that say the same: copies of a leak do not excuse each other.
        trusted: features that have been looked at and found right; they raise no alarm.
        used: features that the model looks at, by default all: of the others it has been told nothing.
    """
    asked = (each for each in found if each.name not in trusted and (used is None or each.name in used))
    raised = (_alarm(each, _best_other(each, found, groups)) for each in asked)
    return [alarm for alarm in raised if alarm]


def _best_other(each: SingleFeature, found: Sequence[SingleFeature], groups: Mapping[str, int]) -> float:
    """The furthest separation among features of other groups; 0 without any."""
    others = [other.separation for other in found if groups.get(other.name) != groups.get(each.name)]
    return max(others, default=0.0)


def _alarm(each: SingleFeature, other: float) -> Alarm | None:
    doubt = SURELY * each.error
    lead = each.separation - other
    rule = ""
    if each.auc >= PERFECT:
        rule = "perfect"
    elif lead >= max(APART, doubt):
        rule = "apart"
    elif lead >= NEW_LEAD and each.gain >= max(NEW_GAIN, doubt):
        rule = "new"
    said = {"feature": each.name, "auc": each.auc, "lead": lead, "past": each.past}
    return Alarm(each.name, rule, Sentence(SAID[rule], **said)) if rule else None
