"""Nothing is lost in silence: copies, reasons, and an account that adds up whatever comes."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suppliers import configured, lines

from features.errors import DataProblem
from pipeline.sources.history import read_history
from pipeline.sources.quarantine import Verdict

ALL = "[history]\nmax_quarantined_share = 1.0"

COPIES = [
    ("", 0, 3),
    ('duplicates = "drop"', 3, 0),
    ('duplicates = "keep"', 0, 0),
    ('duplicate_key = ["Order", "Item"]', 0, 4),
    ('duplicate_key = ["Order"]\nduplicates = "drop"', 4, 0),
]


@pytest.mark.parametrize(("setting", "dropped", "quarantined"), COPIES)
def test_copies_are_told_by_all_columns_or_by_those_named(
    tmp_path: Path, setting: str, dropped: int, quarantined: int
) -> None:
    table = lines(2, 20)
    nearly = table.slice(5, 1).set_column(5, "Net", pa.array(["99.00"]))
    twice = pa.concat_tables([table, table.slice(3, 2), table.slice(3, 1), nearly])
    account = read_history(configured(tmp_path, twice, setting, head=ALL)).account
    assert account.excluded.get("copy of another line", 0) == dropped
    assert account.quarantined.get("copy of another line", 0) == quarantined
    assert account.rows_used == 44 - dropped - quarantined


@pytest.mark.parametrize("duplicates", ["drop", "quarantine"])
def test_the_copies_of_a_broken_line_are_broken_and_count_once(tmp_path: Path, duplicates: str) -> None:
    table = pa.concat_tables([lines(1, 2), *[lines(1, 1, Date=["soon"])] * 3])
    account = read_history(configured(tmp_path, table, f'duplicates = "{duplicates}"', head=ALL)).account
    assert account.quarantined == {"ordered_on is not a date": 3}
    assert (account.rows_used, sum(account.excluded.values())) == (2, 0)


def test_the_first_of_equal_lines_is_the_one_kept(tmp_path: Path) -> None:
    table = lines(1, 3, Order=["O1", "O1", "O2"], Net=["1", "2", "3"])
    history = read_history(configured(tmp_path, table, 'duplicate_key = ["Order"]', head=ALL)).history
    assert history.order_lines.column("net_amount").to_pylist() == [100, 300]


def test_customers_with_nothing_but_broken_rows_are_not_customers(tmp_path: Path) -> None:
    table = lines(1, 3, Customer=["C1", "C2", "C1"], Date=["2023-01-01", "soon", "2023-01-02"])
    history = read_history(configured(tmp_path, table, head=ALL)).history
    assert history.order_lines.column("customer_id").combine_chunks().dictionary.to_pylist() == ["C1"]


LIMITS = [("0.019", True), ("0.02", False), ("0.05", False)]


@pytest.mark.parametrize(("limit", "stops"), LIMITS)
def test_the_run_stops_beyond_the_configured_share(tmp_path: Path, limit: str, stops: bool) -> None:
    table = lines(2, 25).set_column(0, "Customer", pa.array([None, *["C1"] * 49]))
    config = configured(tmp_path, table, head=f"[history]\nmax_quarantined_share = {limit}")
    if not stops:
        assert read_history(config).account.rows_quarantined == 1
        return
    with pytest.raises(DataProblem, match="1 of 50 rows"):
        read_history(config)
    assert (tmp_path / "runs" / "quarantine" / "acme" / "order_lines.parquet").is_file()


CELL = st.one_of(
    st.none(),
    st.sampled_from(["", "C1", "2023-01-02", "2999-01-01", "-3", "1e400", "nan", "x\ty", "'; --"]),
    st.text(max_size=5),
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL, CELL), min_size=1, max_size=6))
def test_whatever_comes_the_account_adds_up(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple]) -> None:
    names = lines().column_names
    broken = [dict(zip(names, row, strict=True)) for row in rows]
    schema = pa.schema([(name, pa.string()) for name in names])
    table = pa.concat_tables([lines().cast(schema), pa.Table.from_pylist(broken, schema)])
    rule = 'filters = [{name = "no minus", exclude = [{column = "Pieces", prefix = "-"}]}]'
    reading = read_history(configured(tmp_path_factory.mktemp("any"), table, rule, head=ALL))
    account = reading.account
    assert account.rows_read == table.num_rows == account.rows_in + sum(account.excluded.values())
    assert account.rows_in == account.rows_used + sum(account.quarantined.values())
    assert account.rows_used == reading.history.order_lines.num_rows
    assert (account.quarantine is not None) == bool(account.quarantined)
    assert all(str(rows) in account.text() for rows in (*account.excluded.values(), *account.quarantined.values()))


def test_the_first_reason_counts_like_any_other_and_a_row_keeps_the_reason_it_has() -> None:
    found = Verdict(np.array([0, -1, 1, -1], dtype=np.int16), ("first", "second", "of no row"))
    found = found.also("third", np.array([True, True, True, False]))
    assert found.broken.tolist() == [True, True, True, False]
    assert found.counts() == {"first": 1, "second": 1, "third": 1}
