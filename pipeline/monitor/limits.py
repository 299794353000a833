"""Limits of a table, from what it has itself shown before, and the chance of a false alarm that is allowed.

What they come to on real histories is measured in `benchmarks/margins.py`.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from pipeline.monitor.windows import Array, Days
from pipeline.settings.monitor import Monitor

SMALLEST = 0.01
"""A past window without rows counts as one with this share of the usual."""


def oldest_usual(there: Days, asked: Monitor) -> float:
    """How many days old the newest row was at most, but for the share of days that is the chance allowed.

    Counted on every day from the first arrival to the last, of `there` (n,), ascending: a yearly closing of two weeks
    is a few days in hundreds, and hides no delivery that fails in spring. NaN where too few pauses are known, or too
    few days for the chance to be one of them: a table's first weeks say nothing of its months.
    """
    if there.size <= asked.least_history or (there[-1] - there[0]) * asked.chance < 1:
        return float("nan")
    pauses = np.diff(there)
    ages = np.concatenate([np.arange(1, pause + 1) for pause in pauses])[-asked.window_days * asked.windows :]
    return float(np.quantile(ages, 1 - asked.chance, method="higher"))


def usual_changes(past: Array, asked: Monitor) -> tuple[float, float]:
    """Between which ratios a new change of the number of rows lies, but for the chance allowed; NaN where nobody knows.

    These are prediction limits from the past changes (n,), whose logarithms are taken as drawn from one normal
    distribution (Whitmore 1986): a table that always swung may swing. They are never narrower than the least change
    that is worth an alarm.
    """
    known = np.log(np.maximum(past[~np.isnan(past)], SMALLEST))
    if known.size < 2:
        return float("nan"), float("nan")
    spread = float(known.std(ddof=1)) * np.sqrt(1 + 1 / known.size)
    reach = max(float(stats.t.ppf(1 - asked.chance / 2, known.size - 1)) * spread, float(np.log1p(asked.rows_margin)))
    return float(np.exp(known.mean() - reach)), float(np.exp(known.mean() + reach))
