"""Values of eligible customers put in their places among all exported rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

AMOUNT_DECIMALS = 2
"""Places kept of amounts: a rerun elsewhere may differ in the sixteenth."""


def rounded(values: npt.NDArray[np.float64], decimals: int = AMOUNT_DECIMALS) -> list[float | None]:
    """Values (n,) with so many decimals; null where NaN."""
    return [None if np.isnan(each) else round(float(each), decimals) for each in values]


def spread(
    values: npt.NDArray[np.float64], eligible: npt.NDArray[np.bool_], decimals: int = AMOUNT_DECIMALS
) -> list[float | None]:
    """Values of the eligible (n,), rounded, among all rows; null where NaN or not eligible."""
    return placed(rounded(values, decimals), eligible, None)


def placed(part: list[Any], eligible: npt.NDArray[np.bool_], fill: Any) -> list[Any]:
    """The values of `part` in the places of eligible rows, `fill` in the others."""
    values = iter(part)
    return [next(values) if chosen else fill for chosen in eligible]
