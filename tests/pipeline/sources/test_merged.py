"""Accounts that became one customer: what adds up counts together, and what contradicts itself is put aside."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from listed_ids import listed
from suppliers import lines

from features.catalogue import FEATURES
from features.engine.plan import Population, build
from features.engine.store import LineStore
from pipeline.sources.history import Reading, read_history
from pipeline.sources.merged import ADDED_UP

WALLET = """
[history]
max_quarantined_share = 1.0
[history.wallet]
path = "wallet.parquet"
[history.wallet.columns]
customer_id = "Customer"
month = "Month"
category = "Group"
our_amount = "Ours"
total_amount = "All"
source = "Source"
known_on = "Known"
"""
Month = tuple[str, str, str, str, str]
"""Who, a day of the month, ours, total, the day it was known."""


def wallet(folder: Path, pairs: str, *rows: Month, known_before: date | None = None) -> Reading:
    names, days, ours, totals, known = zip(*rows, strict=True)
    rest = {"Group": ["all"] * len(rows), "Source": [f"by {name}" for name in names], "Known": known}
    table = pa.table({"Customer": names, "Month": days, "Ours": ours, "All": totals, **rest})
    pq.write_table(table, folder / "wallet.parquet")
    return read_history(listed(folder, pairs, lines(), head=WALLET), known_before)


def months(reading: Reading) -> list[tuple[object, ...]]:
    rows = reading.history.optional["wallet"].to_pylist()
    return sorted((r["customer_id"], r["month"].month, r["our_amount"], r["total_amount"]) for r in rows)


def features(reading: Reading, *cutoffs: date) -> list[list[float]]:
    """By cutoff: what customer C1 bought from everybody and our share, in the months known in 31 days."""
    store = LineStore.from_history(reading.history)
    names = ("wallet_total_31d", "wallet_share_31d", "months_bought_anywhere_365d")
    asked = [next(each for each in FEATURES if each.name == name) for name in names]
    matrix = build(store, cutoffs, asked, horizon_days=90, population=Population(1, 10_000))
    rows = np.flatnonzero(store.customer_ids[matrix.customer] == "C1")
    return matrix.values[rows].astype(float).round(4).tolist()


def test_each_row_of_a_month_is_seen_once_it_is_known_in_training_as_on_the_day(tmp_path: Path) -> None:
    rows = [
        ("C0", "2023-04-20", "1.0", "2.0", "2023-05-03"),
        ("C1", "2023-04-15", "10.0", "38.0", "2023-05-09"),
    ]
    early, late = date(2023, 5, 6), date(2023, 5, 12)
    with_hindsight = features(wallet(tmp_path, "C0 C1", *rows), early, late)
    assert with_hindsight == [[2.0, 0.5, 1.0], [40.0, 0.275, 1.0]]
    assert features(wallet(tmp_path, "C0 C1", *rows, known_before=early), early) == with_hindsight[:1]
    assert features(wallet(tmp_path, "C0 C1", *rows, known_before=late), late) == with_hindsight[1:]


def test_months_of_a_wallet_that_several_accounts_have_stay_beside_each_other(tmp_path: Path) -> None:
    rows = [
        ("C0", "2023-01-20", "1.0", "2.0", "2023-02-03"),
        ("C1", "2023-01-15", "10.0", "20.0", "2023-02-09"),
        ("C9", "2023-01-15", "100.0", "200.0", "2023-02-09"),
        ("C0", "2023-02-01", "1.0", "2.0", "2023-03-03"),
        ("C3", "2023-02-01", "3.0", "4.0", "2023-03-03"),
    ]
    reading = wallet(tmp_path, "C0 C1, C9 C0", *rows)
    january = [("C1", 1, ours, total) for ours, total in ((100, 200), (1000, 2000), (10000, 20000))]
    assert months(reading) == [*january, ("C1", 2, 100, 200), ("C3", 2, 300, 400)]
    alone = wallet(tmp_path, "C0 Z9", *rows).history.optional["wallet"]
    assert reading.history.optional["wallet"].schema == alone.schema
    account = reading.beside[0]
    assert (account.rows_used, account.quarantined, account.remarks[ADDED_UP]) == (5, {}, 3)
    assert f"of these: {ADDED_UP}" in reading.text()


def test_an_account_that_tells_a_month_twice_contradicts_itself_and_nothing_adds_up(tmp_path: Path) -> None:
    """The mutant adds up whatever an older id takes part in: a doubled row of one account would double its wallet."""
    rows = [
        ("C0", "2023-01-01", "1.0", "2.0", "2023-02-03"),
        ("C0", "2023-01-15", "1.0", "2.5", "2023-02-03"),
        ("C1", "2023-01-15", "10.0", "20.0", "2023-02-09"),
        ("C1", "2023-02-15", "10.0", "20.0", "2023-03-09"),
    ]
    reading = wallet(tmp_path, "C0 C1", *rows)
    assert reading.beside[0].quarantined == {"another row has the same customer_id, month, category": 3}
    assert months(reading) == [("C1", 2, 1000, 2000)] and ADDED_UP not in reading.text()
