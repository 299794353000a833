"""What looks as if rows of the tables beside the order lines said something else than they are read as.

Every row keeps its contract, so nothing is put aside: what is odd shows in many rows together, or beside the order
lines. Nothing is changed; each sentence says what is seen, what it would mean, and what to do if so.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from features.history import TABLES, History
from pipeline.profile.amount_doubts import amount_doubts

LEAST = 20
"""Rows below which nothing is said: in so few, anything may be chance."""
MOSTLY = 0.5
"""Share of the rows from which something is the rule."""
MANY = 0.2
"""Share of the rows that chance or carelessness hardly reaches."""
SETTLED_DAYS, DECIDED_DAYS, FRESH_DAYS = 90, 365, 30
"""A complaint is settled, and an offer decided, long before; of offers so fresh some are open. Ours, untested."""
LONGEST_TERM = 20 * 365
"""Days: what is agreed for longer is agreed until it is cancelled."""
SHARED = ("treatments", "wallet")
"""Tables many of whose rows share a day by their nature: that of a campaign, and the month of figures."""


def table_doubts(history: History) -> Iterator[str]:
    """One sentence for everything that looks misread in the tables beside the order lines."""
    end = pd.Timestamp(pc.max(history.order_lines.column("ordered_on")).as_py())
    for name, table in history.optional.items():
        dates = [each.name for each in TABLES[name].columns if each.kind == "date" and each.name in table.column_names]
        for column in dates:
            if name not in SHARED:
                yield from _one_day(name, column, table.column(column).to_pandas(date_as_object=False), end)
        if name in OF_A_TABLE:
            yield from OF_A_TABLE[name](table.to_pandas(ignore_metadata=True, date_as_object=False), end)
    yield from amount_doubts(history)


def _one_day(name: str, column: str, days: pd.Series, end: pd.Timestamp) -> Iterator[str]:
    """Whether most rows are of one day: that of a load, of a migration, or what a form was filled with.

    A day that stands for never, as 9999-12-31, is none.
    """
    there = days[days < end + pd.Timedelta(days=LONGEST_TERM)]
    if len(there) < LEAST:
        return
    counted = there.value_counts()
    day, rows = counted.index[0], int(counted.iloc[0])
    if rows > MOSTLY * len(there):
        yield (
            f"{name}: {column} is {day:%Y-%m-%d} in {rows:,} of {len(there):,} rows. Where that is the day of a load, "
            "or what stands there when nobody knows, it is read as the day it happened: map another column."
        )


def _interactions(rows: pd.DataFrame, end: pd.Timestamp) -> Iterator[str]:
    """Whether matters are closed without anybody writing it down: each would be open for ever."""
    if "resolved_on" not in rows:
        return
    age = (end - pd.to_datetime(rows["happened_on"])).dt.days
    old = rows[rows["kind"].isin(["complaint", "ticket"]) & (age > SETTLED_DAYS)]
    unsettled = int(old["resolved_on"].isna().sum())
    if len(old) >= LEAST and unsettled > MOSTLY * len(old):
        yield (
            f"interactions: {unsettled:,} of {len(old):,} complaints and tickets of more than {SETTLED_DAYS} days ago "
            "have no resolved_on, and count as open ever since: to settle them comes first in what is to be done. "
            "Where nobody enters the day, leave resolved_on out."
        )


def _contracts(rows: pd.DataFrame, end: pd.Timestamp) -> Iterator[str]:
    starts, ends = (rows[name].to_numpy().astype("datetime64[D]") for name in ("starts_on", "ends_on"))
    long = (ends - starts).astype(np.int64) > LONGEST_TERM
    if long.any():
        yield (
            f"contracts: {int(long.sum()):,} of {len(rows):,} last for more than {LONGEST_TERM // 365} years, up to "
            f"{ends.max()}, and count as binding for so long. Where one runs until it is cancelled, give the day up to "
            "which it binds."
        )


def _customers(rows: pd.DataFrame, end: pd.Timestamp) -> Iterator[str]:
    """Whether `valid_to` is the last day of a period, not the day after it: then that day has no values."""
    if not {"valid_from", "valid_to"} <= set(rows):
        return
    days = pd.DataFrame({
        "customer": rows["customer_id"].astype(str),
        "first": rows["valid_from"].to_numpy().astype("datetime64[D]").astype(np.int64),
        "last": rows["valid_to"].to_numpy().astype("datetime64[D]").astype(np.int64),
    }).sort_values(["customer", "first"])  # fmt: skip
    gap = days.groupby("customer")["first"].shift(-1) - days["last"]
    followed = gap[rows["valid_to"].notna().reindex(gap.index) & gap.notna()]
    if len(followed) >= LEAST and (followed == 1).mean() > MOSTLY:
        yield (
            f"customers: {int((followed == 1).sum()):,} of {len(followed):,} periods end a day before the next begins: "
            "valid_to seems to be their last day, and is read as the day after it, so that of this day no values are "
            "known. Leave valid_to out: a period then lasts until the next begins."
        )


def _quotes(rows: pd.DataFrame, end: pd.Timestamp) -> Iterator[str]:
    quoted = pd.to_datetime(rows["quoted_on"])
    age, undecided = (end - quoted).dt.days, rows["outcome"] == "open"
    old, fresh = age > DECIDED_DAYS, age < FRESH_DAYS
    if old.sum() >= LEAST and undecided[old].mean() > MANY:
        yield (
            f"quotes: {int(undecided[old].sum()):,} of {int(old.sum()):,} offers of more than a year ago are open and "
            "count neither as won nor as lost: win rates are too high. Where they have lapsed, have them lost."
        )
    if fresh.sum() >= LEAST and not undecided.any():
        yield (
            f"quotes: no offer is open, of {int(fresh.sum()):,} of the last {FRESH_DAYS} days neither. Where a column "
            "only says whether an offer is won, those still open are read as lost: map one that tells them apart."
        )
    same = [name for name in ("customer_id", "quoted_on", "category") if name in rows]
    alike = int(rows.duplicated(same, keep=False).sum())
    if len(rows) >= LEAST and alike > MANY * len(rows):
        yield (
            f"quotes: {alike:,} of {len(rows):,} rows share customer, day and group of products with another one: "
            "versions or lines of one offer count as so many offers. Keep the last version alone (duplicate_key and "
            "newest_by in [history.quotes]), and have lines added up."
        )


def _deliveries(rows: pd.DataFrame, end: pd.Timestamp) -> Iterator[str]:
    """Whether several rows each deliver a part of one quantity: none of them would be in full."""
    if not {"quantity_ordered", "quantity_delivered"} <= set(rows):
        return
    lacking = rows[rows["quantity_delivered"].between(0, rows["quantity_ordered"], inclusive="neither")]
    groups = lacking.groupby(["customer_id", "order_id", "quantity_ordered"], observed=True)["quantity_delivered"]
    together = groups.agg(["size", "sum"]).reset_index()
    parts = together[(together["size"] > 1) & (together["sum"] <= together["quantity_ordered"])]
    several = int(parts["size"].sum())
    if several >= LEAST and several > MOSTLY * len(lacking):
        yield (
            f"deliveries: {several:,} of the {len(lacking):,} rows that deliver less than was ordered are parts of "
            f"{len(parts):,} quantities that came in several deliveries: each counts as a delivery that was not in "
            "full. Have the parts of a line added up, with the day of the last."
        )


OF_A_TABLE = {
    "customers": _customers,
    "interactions": _interactions,
    "contracts": _contracts,
    "deliveries": _deliveries,
    "quotes": _quotes,
}
