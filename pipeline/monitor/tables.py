"""Whether the tables are fresh and whole: each against what it has itself shown before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from features.history import TABLES, History
from models.explanation.sentence import NOTHING, Sentence
from pipeline.monitor.finding import Finding, Section
from pipeline.monitor.limits import oldest_usual, usual_changes
from pipeline.monitor.windows import Days, Windows, arrivals
from pipeline.settings.monitor import Monitor
from pipeline.sources.account import Account

BEFORE = 3
"""Windows whose mean a count of rows is compared with: a slow trend of the whole is no alarm."""
LEAST_ROWS = 10
"""Rows a window on average: below that a category may be missing by chance."""
MOST_VALUES = 200
"""Different values of a text column that are looked at one by one."""
FEED = "ask who delivers the table; score again once it is whole: moorings score"
UNIT = "see whether the unit or the currency of the column changed"
RENAMED = "see whether it was renamed or its rows are missing"
QUARANTINE = "look into the quarantine file"
BY_BUCKETS = "order_lines were read by buckets: their days and columns were not looked at."
SUBJECTS = {
    "last day": "{table}: last day",
    "rows": "{table}: rows",
    "nulls": "{column}: nulls",
    "scale": "{column}: scale",
    "word": "{column} = {word}",
    "quarantined": "{table}: quarantined",
}
FOUND = {
    "last day": "the newest row is of {day}, {age} days before the check",
    "rows": "{rows:,.0f} rows in the last {days} days, {share:.0%} of the three such times before",
    "rows of a month": "{rows:,.0f} rows of the newest month, {share:.0%} of the three months before",
    "rows, none before": "{rows:,.0f} rows in the last {days} days, none in the three such times before",
    "nulls": "{share:.0%} of the new rows have no value, {before:.0%} before",
    "scale": "the median of the new rows is {median:,.6g}, {before:,.6g} before",
    "word": "no new row, {before:,.0f} in each such time before",
    "quarantined": "{share:.1%} of {rows:,} rows broke the contract",
}


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [FEED, UNIT, RENAMED, QUARANTINE, BY_BUCKETS, *SUBJECTS.values(), *FOUND.values(), *TABLES]


def tables(
    history: History, accounts: Mapping[str, Account], as_of: date, asked: Monitor, before: Mapping[str, list[float]]
) -> Section:
    """Everything about every table; `before` are the quarantined shares of earlier checks, by table."""
    findings: list[Finding] = []
    for name, table in {"order_lines": history.order_lines, **history.optional}.items():
        findings += _table(name, table, as_of, asked) if table.num_rows else []
    for name, account in accounts.items():
        findings += _quarantine(name, account, before.get(name, []), asked)
    whole = bool(history.order_lines.num_rows)
    notes = () if whole else (Sentence(BY_BUCKETS),)
    figures = {f"quarantined_{name}": account.quarantined_share for name, account in accounts.items()}
    return Section("tables", tuple(findings), notes, figures)


def _table(name: str, table: pa.Table, as_of: date, asked: Monitor) -> Iterator[Finding]:
    days = arrivals(name, table)
    known = days < int(np.datetime64(as_of, "D").astype(np.int64))  # without a day given, other tables may go on
    table, days = table.filter(pa.array(known)) if days.size else table, days[known]
    if not days.size:
        return
    yield _freshness(name, days, as_of, asked)
    declared = TABLES[name]
    if declared.monthly:
        windows = Windows.of_months(table, declared.happened, asked)
    else:
        windows = Windows.of(table, days, as_of, asked)
    if windows.count < asked.least_history + BEFORE:
        return
    yield _completeness(name, windows, asked)
    for column in table.column_names:
        values = table.column(column).combine_chunks()
        yield from _nulls(f"{name}.{column}", values, windows, asked)
        yield from _scale(f"{name}.{column}", values, windows, asked)
        yield from _vanished(f"{name}.{column}", declared.by_name[column].kind, values, windows)


def _freshness(name: str, days: Days, as_of: date, asked: Monitor) -> Finding:
    there = np.unique(days)
    age = int(np.datetime64(as_of, "D").astype(np.int64) - there[-1])
    limit = oldest_usual(there, asked)
    last = np.datetime64(int(there[-1]), "D")
    alarm = age > limit
    what = Sentence(FOUND["last day"], day=last, age=age)
    subject = Sentence(SUBJECTS["last day"], table=name)
    return Finding(subject, what, float(age), limit, alarm, Sentence(FEED) if alarm else NOTHING)


def _completeness(name: str, windows: Windows, asked: Monitor) -> Finding:
    rows = windows.rows()
    usual = np.array([rows[at + 1 : at + 1 + BEFORE].mean() for at in range(rows.size - BEFORE)])
    change = np.divide(rows[: usual.size], usual, out=np.full(usual.size, np.nan), where=usual > 0)
    low, high = usual_changes(change[1:], asked)
    now = float(change[0])
    alarm = bool(now < low or now > high)
    limit = float(low if now <= 1 else high)
    told = FOUND[("rows of a month" if TABLES[name].monthly else "rows") if usual[0] > 0 else "rows, none before"]
    what = Sentence(told, rows=float(rows[0]), days=asked.window_days, share=now)
    subject = Sentence(SUBJECTS["rows"], table=name)
    return Finding(subject, what, round(now, 4), round(limit, 4), alarm, Sentence(FEED) if alarm else NOTHING)


def _nulls(column: str, values: pa.Array, windows: Windows, asked: Monitor) -> Iterator[Finding]:
    """Only what is beyond its limit: hundreds of columns without nulls are no news."""
    share = windows.shares(values.is_null().to_numpy(zero_copy_only=False))
    past = share[1:][~np.isnan(share[1:])]
    if not past.size or not (share[0] > past.max() + asked.share_margin or share[0] < past.min() - asked.share_margin):
        return
    limit = past.max() + asked.share_margin if share[0] > past.max() else past.min() - asked.share_margin
    what = Sentence(FOUND["nulls"], share=float(share[0]), before=float(np.median(past)))
    subject = Sentence(SUBJECTS["nulls"], column=column)
    yield Finding(subject, what, round(float(share[0]), 4), round(float(limit), 4), True, Sentence(FEED))


def _scale(column: str, values: pa.Array, windows: Windows, asked: Monitor) -> Iterator[Finding]:
    """A number whose median is far beyond all before: a unit or a currency has changed."""
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        return
    median = windows.medians(values.cast(pa.float64()).to_numpy(zero_copy_only=False))
    past = median[1:][~np.isnan(median[1:])]
    if not past.size or np.isnan(median[0]) or past.min() <= 0:
        return
    low, high = past.min() / asked.scale_factor, past.max() * asked.scale_factor
    if low <= median[0] <= high:
        return
    what = Sentence(FOUND["scale"], median=float(median[0]), before=float(np.median(past)))
    limit = float(high if median[0] > high else low)
    yield Finding(Sentence(SUBJECTS["scale"], column=column), what, float(median[0]), limit, True, Sentence(UNIT))


def _vanished(column: str, kind: str, values: pa.Array, windows: Windows) -> Iterator[Finding]:
    """A word that was there in every window and is gone. Keys are left out: they name customers and orders."""
    if kind != "text" or len(values.dictionary) > MOST_VALUES:
        return
    for word, rows in zip(values.dictionary.to_pylist(), windows.counts(values), strict=True):
        if rows[0] == 0 and rows[1:].min() > 0 and rows[1:].mean() >= LEAST_ROWS:
            what = Sentence(FOUND["word"], before=float(rows[1:].mean()))
            subject = Sentence(SUBJECTS["word"], column=column, word=word)
            yield Finding(subject, what, 0.0, float(rows[1:].min()), True, Sentence(RENAMED))


def _quarantine(name: str, account: Account, before: list[float], asked: Monitor) -> Iterator[Finding]:
    share = account.quarantined_share
    limit = max(before) + asked.share_margin if before else float("nan")
    alarm = share > limit
    what = Sentence(FOUND["quarantined"], share=share, rows=account.rows_in)
    todo = Sentence(QUARANTINE) if alarm else NOTHING
    yield Finding(Sentence(SUBJECTS["quarantined"], table=name), what, round(share, 4), limit, alarm, todo)
