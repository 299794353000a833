"""Accounts that became one customer: what adds up is added up, and what contradicts itself is put aside."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from listed_ids import listed
from suppliers import lines

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


def wallet(folder: Path, pairs: str, *rows: Month) -> Reading:
    names, days, ours, totals, known = zip(*rows, strict=True)
    rest = {"Group": ["all"] * len(rows), "Source": [f"by {name}" for name in names], "Known": known}
    table = pa.table({"Customer": names, "Month": days, "Ours": ours, "All": totals, **rest})
    pq.write_table(table, folder / "wallet.parquet")
    return read_history(listed(folder, pairs, lines(), head=WALLET))


def months(reading: Reading) -> list[tuple[object, ...]]:
    rows = reading.history.optional["wallet"].to_pylist()
    return sorted((r["customer_id"], r["month"].month, r["our_amount"], r["total_amount"]) for r in rows)


def test_months_of_a_wallet_that_several_accounts_have_are_added_up(tmp_path: Path) -> None:
    rows = [
        ("C0", "2023-01-20", "1.0", "2.0", "2023-02-03"),
        ("C1", "2023-01-15", "10.0", "20.0", "2023-02-09"),
        ("C9", "2023-01-15", "100.0", "200.0", "2023-02-09"),
        ("C0", "2023-02-01", "1.0", "2.0", "2023-03-03"),
        ("C3", "2023-02-01", "3.0", "4.0", "2023-03-03"),
    ]
    reading = wallet(tmp_path, "C0 C1, C9 C0", *rows)
    assert months(reading) == [("C1", 1, 11100, 22200), ("C1", 2, 100, 200), ("C3", 2, 300, 400)]
    alone = wallet(tmp_path, "C0 Z9", *rows).history.optional["wallet"]
    assert reading.history.optional["wallet"].schema == alone.schema
    account = reading.beside[0]
    assert (account.rows_used, account.quarantined, account.remarks[ADDED_UP]) == (5, {}, 3)
    assert f"of these: {ADDED_UP}" in reading.text()
    (january,) = [row for row in reading.history.optional["wallet"].to_pylist() if row["our_amount"] == 11100]
    assert (january["known_on"], january["source"]) == (date(2023, 2, 9), "by C0"), "known once all of it was"


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
