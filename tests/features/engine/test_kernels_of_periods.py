"""The compiled primitive on periods of a customer's own length, on small tables; the cutoff is day 100."""

import math

import numpy as np
import pytest

from features.engine.kernels_of_periods import own_periods


def filled(days, gap, span=40) -> float:
    """Of the periods of `gap` days in the last 40, or since the first day, those that hold a day."""
    day, out = np.array(days, dtype=np.int32), np.empty(1)
    low = np.searchsorted(day, 100 - span).astype(np.int32)
    rows = np.array([low], dtype=np.int32), np.array([day.size], dtype=np.int32)
    offsets, starts, cutoff = np.array([0, day.size]), np.array([0, 1]), np.array([100], dtype=np.int32)
    own_periods(offsets, day, starts, cutoff, *rows, np.array([gap]), span, out)
    return out[0]


@pytest.mark.parametrize(
    ("days", "gap", "expected"),
    [
        ([10, 65, 75, 85, 95], 10.0, 4),
        ([10, 90, 99], 10.0, 1),  # oldest and youngest day of the latest period
        ([10, 89, 90], 10.0, 2),  # the youngest day of the one before
        ([10, 60], 10.0, 1),  # the oldest day of all
        ([10, 61], 12.0, 0),  # 39 days ago, and the three whole periods go back 36
        ([10, 64], 12.0, 1),
        ([71, 80, 95], 10.0, 2),  # since the first day there are two periods, and it lies before them
        ([70, 80, 95], 10.0, 3),
        ([10, 95, 98], 2.5, 2),  # 5 days ago is the last day of the second period, 2 days ago is in the first
        ([10, 94, 98], 2.5, 2),
        ([10, 93, 95], 2.5, 2),
        ([10, 60], 50.0, 0),  # longer than the time looked at
        ([99], math.nan, math.nan),
    ],
)
def test_periods_of_the_own_gap(days, gap, expected):
    assert filled(days, gap) == pytest.approx(expected, nan_ok=True)
