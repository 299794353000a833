"""How much each family of features pushes or holds a customer, and where an index sees the family differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.explanation.language import ENGLISH, Language

Array = npt.NDArray[np.float64]
HIGH, LOW = 70.0, 30.0
"""Percentiles from which, and up to which, an index speaks clearly."""
CLEAR = 0.1
"""Log-odds from which the model speaks clearly: about two percentage points."""
HOLDING, PUSHING = "holds", "pushes"
INDEX_OF: Mapping[str, tuple[str, str]] = {
    "investment": ("investment_index", HOLDING),
    "risk": ("risk_index", HOLDING),
    "people": ("relational_index", HOLDING),
    "value": ("value_index", HOLDING),
    "pressure": ("pressure_index", PUSHING),
    "alternatives": ("alternatives_index", PUSHING),
}
"""By family: the index that reads it too, and what a high one is expected to do to the customer."""
DISAGREEMENT = {
    ("high", PUSHING): "{family}: high among its peers ({value:.0f} of 100), yet the model sees it push ({size:+.2f}).",
    ("low", PUSHING): "{family}: low among its peers ({value:.0f} of 100), yet the model sees it push ({size:+.2f}).",
    ("high", HOLDING): "{family}: high among its peers ({value:.0f} of 100), yet the model sees it hold ({size:+.2f}).",
    ("low", HOLDING): "{family}: low among its peers ({value:.0f} of 100), yet the model sees it hold ({size:+.2f}).",
}
NAMES = {
    "investment": "Investment", "risk": "Risk of a replacement", "people": "People", "value": "Value",
    "pressure": "Pressure", "alternatives": "Alternatives",
}  # fmt: skip


def family_sums(parts: Array, names: Sequence[str], family: Mapping[str, str], families: Sequence[str]) -> Array:
    """What each family adds to the log-odds, (n, families + 1); the last column is what all customers share.

    Args:
        parts: contributions, (n, features + 1).
        names: of the features.
        family: of each feature, by name.
        families: in the order of the columns.
    """
    member = np.zeros((len(names), len(families)))
    for row, name in enumerate(names):
        member[row, families.index(family[name])] = 1.0
    return np.column_stack([parts[:, :-1] @ member, parts[:, -1]])


def disagreements(
    pushes: Mapping[str, float], indices: Mapping[str, float | None], language: Language = ENGLISH
) -> list[str]:
    """Sentences on the families of one customer that its index and the model see differently.

    Args:
        pushes: log-odds by family.
        indices: percentiles by name of the index, None where unknown.
        language: of the sentences.
    """
    found = []
    for family, (index, expected) in INDEX_OF.items():
        value, size = indices.get(index), pushes[family]
        if value is None or LOW < value < HIGH or abs(size) < CLEAR:
            continue
        level, does = "high" if value >= HIGH else "low", PUSHING if size > 0 else HOLDING
        if (does == expected) != (level == "high"):
            name = language.text(NAMES[family])
            found.append(language.say(DISAGREEMENT[level, does], family=name, value=value, size=size))
    return found


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [*DISAGREEMENT.values(), *NAMES.values()]
