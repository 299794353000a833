"""Whether the tables are fresh and complete, by what is usual for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.store import day_number
from features.history import ORDER_LINES, TABLES, History
from pipeline.config import Config
from pipeline.monitor_findings import Finding
from pipeline.settings_monitor import Monitor

SECTION = "tables"
YEAR, MONTH, QUARTER = 365, 30, 91
USUAL_PAUSE = 0.99
"""Of the pauses between days with a row, the share that is usual."""
FEWEST_ROWS = 100
"""Rows of the last quarter below which shares of nulls say nothing."""
TIMELESS = frozenset({"customers", "contracts"})
"""Tables that may rightly stand still: nothing new need be known of customers, and few contracts are signed."""
Days = npt.NDArray[np.int64]


def table_findings(history: History, as_of: date, config: Config) -> Iterator[Finding]:
    """Freshness, completeness and nulls of every table, as it was before `as_of`."""
    tables = {ORDER_LINES.name: history.order_lines, **history.optional}
    for name, rows in tables.items():
        days = _days(rows.column(TABLES[name].happened))
        before = days < day_number(as_of)
        if before.any() and name not in TIMELESS:
            yield _fresh(name, days[before], day_number(as_of), config.monitor)
            yield from _complete(name, days[before], day_number(as_of), config.monitor)
        yield from _nulls(name, rows.filter(pa.array(before)), days[before], day_number(as_of), config.monitor)


def _days(column: pa.ChunkedArray) -> Days:
    return pc.cast(pc.cast(column, pa.date32()), pa.int32()).to_numpy().astype(np.int64)


def _fresh(name: str, days: Days, end: int, limits: Monitor) -> Finding:
    """The age of the newest row beside the longest usual pause of the year before."""
    distinct = np.unique(days[days >= days.max() - YEAR])
    usual = float(np.quantile(np.diff(distinct), USUAL_PAUSE)) if distinct.size > 1 else float(YEAR)
    age = int(end - days.max())
    stale = age > usual + limits.stale_days
    return Finding(
        SECTION,
        name,
        f"the newest row is {age} days old; pauses of {usual:.0f} days are usual",
        stale,
        "find out why nothing newer was delivered" if stale else "",
        {"age_days": float(age), "usual_days": usual},
    )


def _complete(name: str, days: Days, end: int, limits: Monitor) -> Iterator[Finding]:
    """Rows of the last thirty days beside those of the twelve stretches of thirty days before."""
    counted = np.array([((days < end - MONTH * ago) & (days >= end - MONTH * (ago + 1))).sum() for ago in range(13)])
    before = counted[1:][counted[1:] > 0]
    if before.size < 12:  # younger than a year: nothing to compare with
        return
    usual = float(np.median(before))
    thin = counted[0] < limits.month_share * usual and counted[0] < before.min()
    yield Finding(
        SECTION,
        name,
        f"{counted[0]:,} rows in the last 30 days; {usual:,.0f} are usual, {before.min():,} the fewest of a year",
        bool(thin),
        "look for a delivery that is missing" if thin else "",
        {"rows_30d": float(counted[0]), "usual_rows_30d": usual},
    )


def _nulls(name: str, rows: pa.Table, days: Days, end: int, limits: Monitor) -> Iterator[Finding]:
    """Columns whose share of nulls in the last quarter is higher than in the year before."""
    late = days >= end - QUARTER
    early = (days < end - QUARTER) & (days >= end - QUARTER - YEAR)
    if late.sum() < FEWEST_ROWS or early.sum() < FEWEST_ROWS:
        return
    for column in rows.column_names:
        null = pc.is_null(rows.column(column)).to_numpy(zero_copy_only=False)
        now, usual = float(null[late].mean()), float(null[early].mean())
        if now > usual + limits.null_rise:
            yield Finding(
                SECTION,
                f"{name}.{column}",
                f"{now:.0%} of the last 91 days' rows have no value; in the year before {usual:.0%}",
                True,
                "ask whoever delivers the table what has changed",
                {"nulls": now, "usual_nulls": usual},
            )
