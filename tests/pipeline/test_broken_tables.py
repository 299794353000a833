"""Broken tables beside the order lines: each ends with its exit code and a message that names table, place and cure."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from beside import regular, with_tables
from suppliers import COLUMNS, expect_named, lines

from pipeline.cli import main

Broken = Callable[[Path], Path]
FAR, EARLY = date(2999, 1, 1), date(2022, 1, 1)
KINDS = "visit, call, email, meeting, ticket, complaint, training, advice, joint_project"


def _rows(name: str, /, settings: str = "", head: str = "", **columns: list[object] | None) -> Broken:
    """A regular table of two rows with some columns replaced, beside regular order lines."""
    return _table(name, regular(name, 2, **columns), settings, head)


def _table(name: str, table: pa.Table, settings: str = "", head: str = "") -> Broken:
    return lambda folder: with_tables(folder, (name, table, settings), head=head)


def _without(name: str, column: str) -> Broken:
    """The column is mapped, and the file does not have it."""

    def broken(folder: Path) -> Path:
        config = with_tables(folder, (name, regular(name), ""))
        pq.write_table(regular(name).drop_columns([column]), folder / f"{name}.parquet")
        return config

    return broken


def _gone(name: str) -> Broken:
    """There is no file."""

    def broken(folder: Path) -> Path:
        config = with_tables(folder, (name, regular(name), ""))
        (folder / f"{name}.parquet").unlink()
        return config

    return broken


def _unmapped(name: str, column: str) -> Broken:
    return _table(name, regular(name).drop_columns([column]))


def _file(name: str, content: bytes) -> Broken:
    """A file that is not what its name says."""

    def broken(folder: Path) -> Path:
        config = with_tables(folder, (name, regular(name), ""))
        (folder / f"{name}.parquet").write_bytes(content)
        return config

    return broken


def _setting(text: str) -> Broken:
    return lambda folder: with_tables(folder, head=text)


def _currencies(orders: str, wallet: list[str], head: str = "") -> Broken:
    """Order lines in one currency, and a wallet with currencies of its own."""

    def broken(folder: Path) -> Path:
        more = lines().append_column("Money", pa.array([orders] * 48))
        table = regular("wallet", len(wallet)).append_column("CURRENCY", pa.array(wallet))
        config = with_tables(folder, ("wallet", table, ""), more=more, head=head)
        config.write_text(config.read_text().replace(COLUMNS, f'{COLUMNS}currency = "Money"\n'))
        return config

    return broken


CASES: dict[str, tuple[Broken, int, str]] = {
    # --- the configuration
    "unknown table": (_setting('[history.wallets]\npath = "x"'), 2, "'wallets'|mean 'wallet'"),
    "unknown key": (_rows("wallet", 'decimals = ","'), 2, "'decimals'|history.wallet.decimals|mean 'decimal'"),
    "unknown key for every table": (
        _setting('[history.every_table]\ndecimel = ","'),
        2,
        "history.every_table.decimel|mean 'decimal'",
    ),
    "wrong value for every table": (
        _setting('[history.every_table]\ndecimal = ";"'),
        2,
        "history.every_table.decimal|';'",
    ),
    "unknown column of the contract": (
        _table("quotes", regular("quotes").rename_columns({"OUTCOME": "OUTCOMES"})),
        2,
        "'outcomes'|history.quotes.columns|mean 'outcome'",
    ),
    "required column not mapped": (_unmapped("contracts", "ENDS_ON"), 2, "missing|history.contracts.columns.ends_on"),
    "table without a path": (_setting('[history.quotes.columns]\ncustomer_id = "x"'), 2, "missing|history.quotes"),
    "meaning that is no choice": (
        _rows("quotes", '[history.quotes.values.outcome]\n"ja" = "yes"'),
        2,
        "history.quotes.values.outcome.ja|'yes'|'won', 'lost' or 'open'",
    ),
    "meanings of a column without choices": (
        _rows("quotes", '[history.quotes.values.category]\n"a" = "b"'),
        2,
        "'category'|history.quotes.values|outcome",
    ),
    "values of a table without choices": (
        _rows("wallet", '[history.wallet.values.source]\n"a" = "b"'),
        2,
        "'values'|history.wallet",
    ),
    "static column that is none": (
        _rows("customers", 'static = ["regions"]'),
        2,
        "history.customers.static[1]|'regions'|'region'",
    ),
    "static in another table": (_rows("quotes", 'static = ["category"]'), 2, "'static'|history.quotes"),
    "capitals of a column of numbers": (
        _rows("quotes", 'uppercase = ["amount"]'),
        2,
        "history.quotes.uppercase[1]|'amount'",
    ),
    "unknown form of dates": (
        _rows("deliveries", 'date_format = "%Q"'),
        2,
        "form of dates|history.deliveries.date_format",
    ),
    "one decimal and grouping sign": (_rows("quotes", 'thousands = "."'), 2, "history.quotes|same sign"),
    # --- files and columns
    "missing file": (_gone("quotes"), 3, "no files to read|history.quotes.path|no such file"),
    "text called parquet": (
        _file("deliveries", b"A,B\n"),
        3,
        "table deliveries cannot be read|deliveries.parquet|[history.deliveries.csv]",
    ),
    "missing column": (
        _without("interactions", "HAPPENED_ON"),
        3,
        "no column 'HAPPENED_ON'|history.interactions.columns.happened_on",
    ),
    "date that is a flag": (
        _rows("contracts", signed_on=[True, False]),
        3,
        "'SIGNED_ON'|wrong type|BOOLEAN|history.contracts",
    ),
    "amount that is a date": (_rows("quotes", amount=[FAR, FAR]), 3, "'AMOUNT'|wrong type|DATE|number or text"),
    "customer that is a list": (
        _rows("wallet", customer_id=[["a"], ["b"]]),
        3,
        "'CUSTOMER_ID'|wrong type|history.wallet",
    ),
    "dates nobody can read": (
        _rows("treatments", treated_on=["31.12.2023"] * 2),
        3,
        "'TREATED_ON'|as a date|99.99.9999|[history.treatments]",
    ),
    "flags nobody can read": (_rows("treatments", holdout=["maybe"] * 2), 3, "'HOLDOUT'|yes or a no"),
    "filter on a column that is not there": (
        _rows("wallet", 'filters = [{name = "n", keep = [{column = "X", equals = 1}]}]'),
        3,
        "no column 'X'|history.wallet.filters[1]",
    ),
    "copies by a column that is not there": (
        _rows("wallet", 'duplicate_key = ["X"]'),
        3,
        "no column 'X'|history.wallet.duplicate_key",
    ),
    # --- what would leak the future
    "customers of today": (
        _rows("customers", valid_from=None, valid_to=None),
        3,
        "leak the future|name, industry, region|valid_from|history.customers.static",
    ),
    "customers of today, one column static": (
        _rows("customers", 'static = ["industry"]', valid_from=None),
        3,
        "leak the future|name, region",
    ),
    # --- rows
    "unknown kind of contact": (
        _rows("interactions", kind=["visit", "séance"]),
        3,
        f"1 kind is none of {KINDS}|values.kind",
    ),
    "unknown kind of investment": (
        _rows("investments", kind=["money", "gift"]),
        3,
        "1 kind is none of money, training, people, asset, process",
    ),
    "unknown payer": (
        _rows("investments", paid_by=["me", "joint"]),
        3,
        "1 paid_by is none of customer, supplier, joint",
    ),
    "unknown outcome": (_rows("quotes", outcome=["won", "?"]), 3, "1 outcome is none of won, lost, open"),
    "share above 1": (
        _rows("investments", redeployable_share=["0.4", "40"]),
        3,
        "1 redeployable_share is above 1|investments.parquet",
    ),
    "severity beyond its scale": (_rows("interactions", severity=["5", "10"]), 3, "1 severity is above 5"),
    "negative amount": (_rows("quotes", amount=["-5", "5"]), 3, "1 amount is below 0"),
    "negative staff": (_rows("customers", employees=["-5", "5"]), 3, "1 employees is below 0"),
    "missing amount": (_rows("investments", amount=[None, "5"]), 3, "1 amount is missing"),
    "missing play": (_rows("treatments", play=[" ", "visit"]), 3, "1 play is missing"),
    "missing customer": (
        _rows("treatments", customer_id=[None, "C1"]),
        3,
        "1 customer_id is missing|treatments.parquet",
    ),
    "missing start of validity": (_rows("customers", valid_from=[None, EARLY]), 3, "1 valid_from is missing"),
    "contract that ends before it starts": (
        _rows("contracts", ends_on=[EARLY, FAR]),
        3,
        "1 ends_on is not after starts_on|50.0%|at most 1.0%",
    ),
    "contract cancelled before it was signed": (
        _rows("contracts", cancelled_on=[EARLY, None]),
        3,
        "1 cancelled_on is before signed_on",
    ),
    "two contracts of one number": (
        _rows("contracts", contract_id=["A", "A"]),
        3,
        "2 another row has the same contract_id",
    ),
    "matter settled before it arose": (
        _rows("interactions", resolved_on=[EARLY, None]),
        3,
        "1 resolved_on is before happened_on",
    ),
    "offer decided before it was made": (
        _rows("quotes", decided_on=[EARLY, None]),
        3,
        "1 decided_on is before quoted_on",
    ),
    "validity that ends before it begins": (
        _rows("customers", valid_to=[EARLY, None]),
        3,
        "1 valid_to is not after valid_from",
    ),
    "validities that overlap": (
        _rows("customers", customer_id=["C0", "C0"], valid_to=[FAR, None]),
        3,
        "2 the period overlaps another one",
    ),
    "more faulty than delivered": (
        _rows("deliveries", quantity_defective=["2", "1"]),
        3,
        "1 quantity_defective is more than quantity_delivered",
    ),
    "delivered in the future": (_rows("deliveries", delivered_on=[FAR, None]), 3, "1 delivered_on is in the future"),
    "month told twice": (
        _rows("wallet", customer_id=["C0"] * 2, month=[EARLY] * 2, category=["A"] * 2, total_amount=["2", "3"]),
        3,
        "2 another row has the same customer_id, month, category",
    ),
    "amounts too large": (_rows("wallet", total_amount=["1e14", "1"]), 3, "1 total_amount is not finite or too large"),
    "copies": (_table("treatments", pa.concat_tables([regular("treatments", 2)] * 2)), 3, "2 copy of another line"),
    "nothing but broken rows": (
        _rows("quotes", head="[history]\nmax_quarantined_share = 1.0", amount=["-1", "-1"]),
        3,
        "2 of 2 rows",
    ),
    # --- currencies
    "two currencies in one table": (
        _currencies("EUR", ["EUR", "USD"]),
        3,
        "one currency|EUR, USD|history.wallet.columns.currency",
    ),
    "another currency than the order lines": (
        _currencies("EUR", ["USD"]),
        3,
        "one currency|USD|EUR, as in the rest|history.wallet",
    ),
    "another currency than configured": (
        _currencies("EUR", ["EUR"], '[history]\ncurrency = "USD"'),
        3,
        "one currency|EUR|USD",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_table_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    broken, code, words = CASES[name]
    assert main(["profile", "--config", str(broken(tmp_path))]) == code
    expect_named(capsys.readouterr().err, words, tmp_path)
