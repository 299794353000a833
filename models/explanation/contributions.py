"""What moves a score: contributions of features that speak of the same thing, added up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def by_group(contributions: Array, groups: Sequence[int]) -> tuple[Array, npt.NDArray[np.int64]]:
    """Sums over groups of features.

    Args:
        contributions: (n, features + 1), the last column being what is the same for everybody.
        groups: the group of each feature, (features,).

    Returns:
        (n, distinct groups), and for each feature (features,) the column its group went to.
    """
    _, column = np.unique(np.asarray(groups), return_inverse=True)
    member = np.zeros((column.size, int(column.max(initial=-1)) + 1))
    member[np.arange(column.size), column] = 1.0
    return contributions[:, :-1] @ member, column


def mean_size(contributions: Array, names: Sequence[str]) -> dict[str, float]:
    """Mean absolute contribution of each feature, in log-odds, the largest first."""
    if not len(contributions):
        return dict.fromkeys(names, 0.0)
    sizes = np.abs(contributions[:, :-1]).mean(axis=0)
    order = np.argsort(-sizes, kind="stable")
    return {names[place]: float(sizes[place]) for place in order}
