"""The tables beside the order lines: mapped and typed as declared, checked row by row and against each other."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from beside import ALL, configured_with, quarantined, read, regular
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.errors import DataProblem
from features.history import OPTIONAL_TABLES, TABLES
from features.table_declaration import ARROW_TYPE, Table
from pipeline.config import load_config
from pipeline.sources.history import read_history

NAMES = [table.name for table in OPTIONAL_TABLES]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_has_the_types_of_its_declaration(tmp_path: Path, name: str) -> None:
    reading = read(tmp_path, name, regular(name), head="")
    table = reading.history.optional[name]
    assert {field.name: field.type for field in table.schema} == {
        column.name: ARROW_TYPE[column.kind] for column in TABLES[name].columns
    }
    assert (reading.beside[0].rows_used, reading.beside[0].quarantined, reading.beside[0].remarks) == (12, {}, {})


@pytest.mark.parametrize("name", NAMES)
def test_the_required_columns_are_enough(tmp_path: Path, name: str) -> None:
    others = {column.name: None for column in TABLES[name].columns if not column.required}
    assert read(tmp_path, name, regular(name, 4, **others)).beside[0].rows_used == 4


def test_all_tables_are_read_together(tmp_path: Path) -> None:
    reading = read_history(configured_with(tmp_path, *((name, regular(name), "") for name in NAMES)))
    assert list(reading.history.optional) == NAMES
    assert reading.summary()["rows_used"] == 48
    assert {name: account["rows_used"] for name, account in reading.summary()["optional_tables"].items()} == (
        dict.fromkeys(NAMES, 12)
    )
    assert all(f"{name}, 1 file: rows read" in reading.text() for name in ["order_lines", *NAMES])


def test_a_table_that_is_not_configured_is_absent(tmp_path: Path) -> None:
    reading = read_history(configured_with(tmp_path))
    assert (reading.history.optional, reading.beside) == ({}, ())


def test_the_users_words_stand_for_choices_in_any_capitals(tmp_path: Path) -> None:
    kinds = ["Reklamation", " reklamation", "VISIT", "call", "Besuch"]
    words = '[history.interactions.values.kind]\n"Reklamation" = "complaint"\n"Besuch" = "visit"'
    table = read(tmp_path, "interactions", regular("interactions", 5, kind=kinds), words).history.optional[
        "interactions"
    ]
    assert table.column("kind").to_pylist() == ["complaint", "complaint", "visit", "call", "visit"]


NO_OUTCOME = "outcome is none of won, lost, open (setting values.outcome)"
SAME_MONTH = "another row has the same customer_id, month, category"
EARLY, START, END = date(2022, 1, 1), date(2023, 3, 1), date(2023, 3, 2)
FAR, LAST, FIRST = date(2999, 1, 1), date(9999, 12, 31), date(2023, 1, 2)
ABC = ["A", "B", "C"]
ROWS: list[tuple[str, dict[str, list[object]], dict[str, int]]] = [
    ("interactions", {"kind": ["visit", None, " "]}, {"kind is missing": 2}),
    ("interactions", {"severity": ["0", "6", "5"]}, {"severity is below 1": 1, "severity is above 5": 1}),
    ("interactions", {"severity": ["1", "0.99", "5.01"]}, {"severity is below 1": 1, "severity is above 5": 1}),
    ("interactions", {"resolved_on": [EARLY, END, None]}, {"resolved_on is before happened_on": 1}),
    ("quotes", {"outcome": ["won", "pending", "open"]}, {NO_OUTCOME: 1}),
    ("quotes", {"decided_on": [EARLY, EARLY, None]}, {"decided_on is before quoted_on": 2}),
    ("quotes", {"quoted_on": [START] * 3, "decided_on": [START, EARLY, START]}, {"decided_on is before quoted_on": 1}),
    ("quotes", {"decided_on": [None] * 3, "outcome": ["won", "lost", "open"]}, {}),
    ("quotes", {"price_gap": ["-1", "-1.01", "3"]}, {"price_gap is below -1": 1}),
    ("quotes", {"amount": ["0", "-0.01", None]}, {"amount is below 0": 1, "amount is missing": 1}),
    ("contracts", {"ends_on": [FIRST, END, LAST]}, {"ends_on is not after starts_on": 1}),
    ("contracts", {"cancelled_on": [EARLY, None, None]}, {"cancelled_on is before signed_on": 1}),
    ("contracts", {"contract_id": ["A", "B", "A"]}, {"another row has the same contract_id": 2}),
    ("contracts", {"exclusive": ["yes", "perhaps", None]}, {"exclusive is not a yes or a no": 1}),
    ("investments", {"redeployable_share": ["0", "1", "1.01"]}, {"redeployable_share is above 1": 1}),
    ("investments", {"life_months": ["0", "-1", None]}, {"life_months is below 0": 1}),
    ("deliveries", {"promised_on": [FAR, FAR, None]}, {"promised_on is missing": 1}),
    ("deliveries", {"delivered_on": [FAR, None, None]}, {"delivered_on is in the future, after DAY": 1}),
    ("deliveries", {"quantity_defective": ["1", "2", None]}, {"quantity_defective is more than quantity_delivered": 1}),
    ("customers", {"valid_to": [FIRST, None, LAST]}, {"valid_to is not after valid_from": 1}),
    ("customers", {"valid_from": [None, FIRST, FIRST]}, {"valid_from is missing": 1}),
    ("wallet", {"customer_id": ["C0", "C0", "C1"], "month": [START, END, END], "category": ["A"] * 3}, {SAME_MONTH: 2}),
    ("wallet", {"customer_id": ["C0"] * 3, "month": [START] * 3, "category": ABC}, {}),
    ("wallet", {"customer_id": ABC, "month": [START, FIRST, EARLY], "category": ["A"] * 3}, {}),
    ("wallet", {"category": ["A", "", None]}, {"category is missing": 2}),
    ("treatments", {"holdout": ["true", "0", "N"]}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "columns", "expected"), ROWS)
def test_rows_that_break_the_contract_are_put_aside(
    tmp_path: Path, name: str, columns: dict[str, list[object]], expected: dict[str, int]
) -> None:
    found = quarantined(tmp_path, name, regular(name, 3, **columns))
    assert {reason.split("after 2")[0]: rows for reason, rows in found.items()} == {
        reason.split("after DAY")[0]: rows for reason, rows in expected.items()
    }


def test_rows_that_contradict_each_other_all_go_in_whatever_order(tmp_path: Path) -> None:
    """Which of the two is right cannot be known; copies are no contradiction, the first of them stays."""
    table = regular("contracts", 4, contract_id=["A", "A", "B", "C"])
    twice = pa.concat_tables([table, table.slice(2, 1)])
    for order in ([0, 1, 2, 3, 4], [4, 1, 3, 0, 2]):
        reading = read(tmp_path, "contracts", twice.take(order))
        assert sorted(reading.history.optional["contracts"].column("contract_id").to_pylist()) == ["B", "C"]
        assert reading.beside[0].quarantined == {"copy of another line": 1, "another row has the same contract_id": 2}


def test_a_total_below_our_own_share_is_raised_to_it_and_counted(tmp_path: Path) -> None:
    """A list of products that misses some makes totals too small; what we sold ourselves is certain."""
    reading = read(tmp_path, "wallet", regular("wallet", 3, our_amount=["5", "5", "-2"], total_amount=["4", "6", "-3"]))
    assert reading.history.optional["wallet"].column("total_amount").to_pylist() == [500, 600, -200]
    assert reading.beside[0].remarks == {"total_amount raised to our_amount": 2}
    assert "of these: total_amount raised to our_amount" in reading.text()


def test_customers_without_order_lines_are_kept_and_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, "quotes", regular("quotes", 4, customer_id=["C0", "X", "X", "Y"]))
    assert reading.history.optional["quotes"].num_rows == 4
    assert reading.beside[0].remarks == {"customer without order lines": 3}


KNOWN: list[tuple[str, dict[str, list[object]], str, int]] = [
    ("wallet", {"month": [date(2023, 1, 15)]}, "2023-02-01", 0),
    ("wallet", {"month": [date(2023, 1, 15)]}, "2023-02-02", 1),
    ("wallet", {"month": [date(2023, 1, 15)], "known_on": [date(2023, 3, 1)]}, "2023-03-01", 0),
    ("interactions", {"happened_on": [date(2023, 2, 1)]}, "2023-02-01", 0),
    ("interactions", {"happened_on": [date(2023, 2, 1)]}, "2023-02-02", 1),
    ("contracts", {"signed_on": [date(2023, 2, 1)], "starts_on": [START], "ends_on": [LAST]}, "2023-02-02", 1),
    ("deliveries", {"promised_on": [date(2023, 3, 1)], "delivered_on": [date(2023, 2, 1)]}, "2023-02-02", 1),
    ("deliveries", {"promised_on": [date(2023, 3, 1)], "delivered_on": [date(2023, 2, 1)]}, "2023-02-01", 0),
    ("deliveries", {"promised_on": [date(2023, 3, 1)], "delivered_on": [None]}, "2023-03-01", 0),
    ("customers", {"valid_from": [date(2023, 2, 1)], "valid_to": [None]}, "2023-02-01", 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "columns", "cutoff", "rows"), KNOWN)
def test_what_is_known_late_is_left_out_until_then(
    tmp_path: Path, name: str, columns: dict[str, list[object]], cutoff: str, rows: int
) -> None:
    """A row without a day of its own is known from the day it happened; a month from the first of the next one."""
    dates = {column.name: None for column in TABLES[name].columns if column.kind == "date"} | columns
    config = configured_with(tmp_path, (name, regular(name, 1, **dates), ""))
    reading = read_history(config, date.fromisoformat(cutoff))
    assert reading.beside[0].rows_used == rows
    assert (name in reading.history.optional) == bool(rows), "without rows it is absent, not empty"


MUTANTS: list[tuple[Table, str, dict[str, list[object]]]] = [
    (replace(TABLES["wallet"], monthly=False), "2023-01-20", {"month": [date(2023, 1, 15)]}),
    (replace(TABLES["interactions"], known=""), "2023-02-20", {"known_on": [date(2023, 3, 1)]}),
    (
        replace(TABLES["customers"], happened="valid_to", known="valid_to"),
        "2023-02-01",
        {"valid_from": [START], "valid_to": [EARLY]},
    ),
]


@pytest.mark.parametrize(("mutant", "cutoff", "columns"), MUTANTS, ids=lambda value: getattr(value, "name", ""))
def test_a_declaration_that_forgets_when_a_row_was_known_leaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mutant: Table, cutoff: str, columns: dict[str, list[object]]
) -> None:
    """What the test above holds against: each lets through a row that nobody knew of at the cutoff."""
    sound = TABLES[mutant.name]
    config = configured_with(tmp_path, (mutant.name, regular(mutant.name, 1, **columns), ""), head=ALL)
    found = []
    for table in (sound, replace(mutant, rules=())):
        monkeypatch.setattr("pipeline.sources.history.OPTIONAL_TABLES", (table,))
        found.append(read_history(config, date.fromisoformat(cutoff)).beside[0].rows_used)
    assert found == [0, 1]


def test_the_limit_of_broken_rows_holds_for_each_table(tmp_path: Path) -> None:
    broken = regular("quotes", 20, amount=["-1", *["1"] * 19])
    tables = ("quotes", broken, ""), ("treatments", regular("treatments"), "")
    config = configured_with(tmp_path, *tables, head="[history]\nmax_quarantined_share = 0.04")
    with pytest.raises(DataProblem, match="rows of the table quotes break") as problem:
        read_history(config)
    assert "1 of 20 rows (5.0%): 1 amount is below 0" in str(problem.value)
    assert read_history(configured_with(tmp_path, *tables, head="[history]\nmax_quarantined_share = 0.05")).beside


def test_each_table_has_a_quarantine_that_does_not_outlive_its_rows(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "quarantine" / "acme"
    broken = regular("quotes", 3, amount=["-1", "1", "1"])
    read_history(configured_with(tmp_path, ("quotes", broken, ""), ("wallet", regular("wallet"), ""), head=ALL))
    kept = pq.read_table(folder / "quotes.parquet")
    assert kept.to_pylist() == [broken.slice(0, 1).to_pylist()[0] | {"reason": "amount is below 0"}]
    assert [file.name for file in folder.iterdir()] == ["quotes.parquet"]
    read_history(configured_with(tmp_path, ("wallet", regular("wallet"), "")))
    assert list(folder.iterdir()) == [], "nor the table itself"


CELL = st.one_of(
    st.none(),
    st.sampled_from(
        ["", "C1", "2023-01-02", "2999-01-01", "-3", "0.5", "1e400", "nan", "visit", "open", "yes", "x\ty"]
    ),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(NAMES), st.lists(st.lists(CELL, min_size=12, max_size=12), min_size=1, max_size=6))
def test_whatever_comes_the_account_of_every_table_adds_up(
    tmp_path_factory: pytest.TempPathFactory, name: str, rows: list[list[str | None]]
) -> None:
    good = regular(name, 8)
    schema = pa.schema([(column, pa.string()) for column in good.column_names])
    broken = [dict(zip(good.column_names, row, strict=False)) for row in rows]
    table = pa.concat_tables([good.cast(schema), pa.Table.from_pylist(broken, schema)])
    rule = 'filters = [{name = "no minus", exclude = [{column = "CUSTOMER_ID", prefix = "-"}]}]'
    reading = read(tmp_path_factory.mktemp("any"), name, table, rule)
    (account,) = reading.beside
    assert account.rows_read == table.num_rows == account.rows_in + sum(account.excluded.values())
    assert account.rows_in == account.rows_used + sum(account.quarantined.values())
    assert account.rows_used == reading.history.optional[name].num_rows
    assert all(rows <= account.rows_used for rows in account.remarks.values())
    assert (account.quarantine is not None) == bool(account.quarantined)


def test_the_real_wallet_reads_as_it_is_described(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One month of returns makes a total of -357.63 beside sales of 0: a list of products made later misses some."""
    monkeypatch.setenv("MOORINGS_DATA", str(real_data))
    monkeypatch.setenv("MOORINGS_RUNS", str(tmp_path))
    reading = read_history(load_config("iowa_wallet"))
    (account,) = reading.beside
    assert (account.rows_read, account.rows_used, account.missing) == (
        364_265, 364_265, dict.fromkeys(("customer_id", "month", "category", "our_amount", "total_amount"), 0)
    )  # fmt: skip
    assert account.remarks == {"total_amount raised to our_amount": 1}
    wallet = reading.history.optional["wallet"]
    assert len(wallet.column("customer_id").combine_chunks().dictionary) == 1_421
    assert (str(min(wallet["month"].to_pylist())), reading.history.currency) == ("2012-01-01", "USD")
