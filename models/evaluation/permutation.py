"""What a model cannot do without: how far its AUC falls when features are dealt among the customers of a cutoff."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.evaluation.interval import Interval
from models.evaluation.metrics import roc_auc
from models.evaluation.tally import Array, tally
from models.explanation.sentence import Sentence

ALIKE = "{feature} and {others} like it"

Values = npt.NDArray[np.float32]


def permutation_importance(
    score: Callable[[Values], Array],
    values: Values,
    label: Array,
    cutoff: npt.NDArray[np.datetime64],
    columns: Mapping[str, Sequence[int]],
    *,
    repeats: int = 3,
    seed: int = 0,
) -> dict[str, Interval]:
    """The fall in AUC without each set of columns, the largest first: mean, least and most of the repeats.

    Columns of a set move together, within their cutoff: of features that say the same, dealing one alone would show
    nothing, and dealing across cutoffs would mix seasons.

    Args:
        score: a model's scores (n,) of rows (n, features).
        values: rows (n, features).
        label: 0 or 1 (n,).
        cutoff: (n,) days.
        columns: positions of the columns by name of the set.
        repeats: how often each set is dealt.
        seed: of the dealing.

    Source: Breiman 2001; in groups, Gregorutti, Michel & Saint-Pierre 2015.
    """
    whole = roc_auc(tally(label, score(values)))
    places = np.argsort(cutoff, kind="stable")
    falls: dict[str, Interval] = {}
    for name, chosen in columns.items():
        dealt = (_dealt(score, values, label, places, cutoff, chosen, (seed, turn)) for turn in range(repeats))
        found = whole - np.array(list(dealt))
        falls[name] = Interval(float(found.mean()), float(found.min()), float(found.max()))
    return dict(sorted(falls.items(), key=lambda item: (-item[1].value, item[0])))


def _dealt(
    score: Callable[[Values], Array],
    values: Values,
    label: Array,
    places: npt.NDArray[np.int64],
    cutoff: npt.NDArray[np.datetime64],
    chosen: Sequence[int],
    seed: tuple[int, int],
) -> float:
    """AUC when the chosen columns of each row come from another row of its cutoff."""
    random = np.random.default_rng(seed)
    source = np.lexsort((random.random(cutoff.size), cutoff))
    changed = values.copy(order="F")
    for column in chosen:
        changed[places, column] = values[source, column]
    return roc_auc(tally(label, score(changed)))


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [ALIKE]


def named_groups(groups: Sequence[int], names: Sequence[str], size: Mapping[str, float]) -> dict[str, list[int]]:
    """Columns that speak alike, by the name of the one with the largest `size` and how many go with it."""
    members: dict[int, list[int]] = {}
    for column, group in enumerate(groups):
        members.setdefault(int(group), []).append(column)
    found: dict[str, list[int]] = {}
    for columns in members.values():
        first = max(columns, key=lambda column: (size.get(names[column], 0.0), -column))
        others = len(columns) - 1
        found[Sentence(ALIKE, feature=names[first], others=others) if others else names[first]] = columns
    return found
