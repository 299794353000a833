"""Amounts of the tables beside the order lines that look as if they were in another unit, or of longer than a month."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from features.history import History

LEAST = 20
"""Customers, or rows, below which nothing is said."""
TOO_MUCH = 1.5
"""Times the order lines: net or gross, freight or not makes less than that between what we sold and what was bought."""
TOO_LITTLE = 0.01
"""Times the order lines: a wallet may be of few groups of products, and in thousands it is a thousandth."""
MANY = 0.2
"""Share of the customers that buy more here than they turn over, from which the turnover is not what it says."""
APART = 100.0
"""Times what customers spend a year, either way, beyond which amounts are hardly of one unit with it."""
PER_CENT = 1.0
"""Twice the winning price: a share from which, for a tenth of the offers, it is no share."""


def amount_doubts(history: History) -> Iterator[str]:
    """One sentence for every column of amounts or shares that does not go with the order lines, or with itself."""
    optional = history.optional
    if "quotes" in optional and "price_gap" in optional["quotes"].column_names:
        yield from _price_gap(optional["quotes"].column("price_gap").to_pandas().dropna())
    if "wallet" in optional:
        yield from _months_apart(optional["wallet"])
    if not history.has("net_amount"):
        return
    lines = _plain(history.order_lines, "customer_id", "ordered_on", "net_amount")
    lines["month"] = lines["ordered_on"].dt.to_period("M")
    if "wallet" in optional:
        yield from _wallet(_plain(optional["wallet"], "customer_id", "month", "our_amount"), lines)
    years = max((lines["ordered_on"].max() - lines["ordered_on"].min()).days / 365, 1.0)
    spend = lines.groupby("customer_id")["net_amount"].sum() / years
    if "customers" in optional and "annual_revenue" in optional["customers"].column_names:
        yield from _revenue(_plain(optional["customers"], "customer_id", "annual_revenue"), spend)
    for name, column in (("contracts", "committed_amount"), ("quotes", "amount")):
        if name in optional and column in optional[name].column_names:
            yield from _apart(f"{name}: {column}", _plain(optional[name], "customer_id", column), spend)


def _plain(table: pa.Table, *columns: str) -> pd.DataFrame:
    """Columns of a table, ids as text, days as timestamps."""
    rows = table.select(list(columns)).to_pandas(ignore_metadata=True, date_as_object=False)
    rows["customer_id"] = rows["customer_id"].astype(str)
    return rows


def _price_gap(gaps: pd.Series) -> Iterator[str]:
    if len(gaps) >= LEAST and (high := float(gaps.abs().quantile(0.9))) > PER_CENT:
        yield (
            f"quotes: price_gap is beyond {high:.1f} in a tenth of the rows that have one, {high:.0%} dearer or "
            "cheaper: it seems to be in per cent. 5 % dearer is 0.05."
        )


def _months_apart(wallet: pa.Table) -> Iterator[str]:
    """Whether figures stand for more than the one month that each is read as."""
    months = np.unique(wallet.column("month").to_numpy().astype("datetime64[M]")).astype(np.int64)
    if months.size > 2 and (step := int(np.diff(months).min())) > 1:
        yield (
            f"wallet: its months are {step} apart, and each is read as one month: figures of a longer time have to be "
            f"spread over its months, with the day they were known in known_on."
        )


def _wallet(wallet: pd.DataFrame, lines: pd.DataFrame) -> Iterator[str]:
    """Whether what was bought from us is another amount in the wallet than in the order lines of those months."""
    wallet["month"] = wallet["month"].dt.to_period("M")
    ours = wallet.groupby(["customer_id", "month"])["our_amount"].sum()
    both = pd.DataFrame({"wallet": ours, "lines": lines.groupby(["customer_id", "month"])["net_amount"].sum()}).dropna()
    sums = both.groupby("customer_id").sum()
    times = sums["wallet"][sums["lines"] > 0] / sums["lines"][sums["lines"] > 0]
    usual = float(times.median()) if len(times) >= LEAST else 1.0
    if usual > TOO_MUCH or usual < TOO_LITTLE:
        yield (
            f"wallet: our_amount is {usual:.3g} times what the order lines say of the same customers and months: it "
            "should be in currency units, of one month, and of the same customers."
        )


def _revenue(customers: pd.DataFrame, spend: pd.Series) -> Iterator[str]:
    revenue = customers.dropna().groupby("customer_id")["annual_revenue"].max()
    both = pd.DataFrame({"revenue": revenue, "spend": spend}).dropna()
    less = int((both["revenue"] < both["spend"]).sum())
    if len(both) >= LEAST and less > MANY * len(both):
        yield (
            f"customers: annual_revenue of {less:,} of {len(both):,} is less than what they spend here in a year: it "
            "seems to be in thousands or millions, and should be in currency units."
        )


def _apart(what: str, rows: pd.DataFrame, spend: pd.Series) -> Iterator[str]:
    """Whether the usual amount of a row is far from what its customer spends in a year."""
    column = rows.columns[1]
    beside = rows["customer_id"].map(spend)
    there = (rows[column] > 0) & (beside > 0)
    usual = float((rows[column][there] / beside[there]).median()) if there.sum() >= LEAST else 1.0
    if usual > APART or usual < 1 / APART / 10:
        yield (
            f"{what} is usually {usual:.3g} times what its customer spends in a year: it should be in currency units."
        )
