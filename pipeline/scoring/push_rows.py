"""The columns of an export that say what pushes a customer away and what holds it, family by family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from features.families import FAMILIES
from models.explanation.families import INDEX_OF, disagreements
from models.explanation.language import Language
from pipeline.contract.decision_fields import PUSH
from pipeline.standing.placing import placed

DECIMALS = 4
"""Places kept of log-odds."""


class Pushed(Protocol):
    """Contributions of families, (n, families + 1), and the language of what is said of them."""

    @property
    def pushes(self) -> npt.NDArray[np.float64]: ...  # noqa: D102 - see the class
    @property
    def language(self) -> Language: ...  # noqa: D102


def push_columns(
    scored: Pushed, indices: Mapping[str, list[Any]], eligible: npt.NDArray[np.bool_]
) -> dict[str, list[Any]]:
    """What each family adds to the log-odds of leaving, and where the indices disagree.

    Args:
        scored: what the churn model says of the eligible.
        indices: percentiles of every row of the spine, by name of the index.
        eligible: which rows of the spine are scored.
    """
    names = (*FAMILIES, "base")
    rounded = scored.pushes.round(DECIMALS)
    columns = {
        PUSH.format(family=name): placed(rounded[:, place].tolist(), eligible, None) for place, name in enumerate(names)
    }
    read = [{index: indices[index][row] for index, _ in INDEX_OF.values()} for row in np.flatnonzero(eligible)]
    said = [
        disagreements(dict(zip(FAMILIES, pushes, strict=False)), values, scored.language)
        for pushes, values in zip(rounded.tolist(), read, strict=True)
    ]
    return {**columns, "disagreements": placed(said, eligible, [])}
