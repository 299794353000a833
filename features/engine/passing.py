"""Which events of a table pass the conditions of a leaf."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from features.engine.table_leaf import Condition
from features.engine.tables import Flags, TableEvents


def passing(events: TableEvents, where: Iterable[Condition]) -> Flags:
    """Which events pass every condition, (n,)."""
    rows = np.ones(events.day.size, dtype=bool)
    for condition in where:
        rows &= _passes(events, condition)
    return rows


def _passes(events: TableEvents, condition: Condition) -> Flags:
    column, value = condition.column, condition.value
    if column in events.codes:
        codes = events.codes[column]
        if condition.test == "known":
            return codes >= 0
        wanted = [code for code, text in enumerate(events.choices[column]) if text == value]
        return np.isin(codes, wanted)
    numbers = events.numbers[column]
    tests = {"is": np.equal, "at_least": np.greater_equal, "below": np.less}
    return ~np.isnan(numbers) if condition.test == "known" else tests[condition.test](numbers, float(value))
