"""Dates, money and numbers, however they are written."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suppliers import COLUMNS, column, configured, lines, read_column

from features.errors import DataProblem
from pipeline.sources.history import read_history

COPIES = 'duplicates = "keep"\n'

DATES = [
    (pa.array([date(2024, 3, 31)]), "", "2024-03-31"),
    (pa.array([datetime(2024, 3, 31, 23, 59)]), "", "2024-03-31"),
    (pa.array([datetime(2024, 3, 31, 23, 59, tzinfo=UTC)], pa.timestamp("us", "UTC")), "", "2024-04-01"),
    (pa.array(["2024-03-31"]), "", "2024-03-31"),
    (pa.array([" 2024-03-31 23:59:00 "]), "", "2024-03-31"),
    (pa.array(["2024-03-31T23:59:00Z"]), "", "2024-04-01"),
    (pa.array(["2024-03-31T23:59:00-05:00"]), "", "2024-04-01"),
    (pa.array(["2024-03-31T23:59:00-0500"]), "", "2024-04-01"),
    (pa.array(["2024-03-31 23:59:00 +0000"]), "", "2024-04-01"),
    (pa.array(["2024-03-31 23:59:00.123 +00:00"]), "", "2024-04-01"),
    (pa.array(["2024-03-31 23:59:00 UTC"]), "", "2024-04-01"),
    (pa.array(["2024-03-31 23:59:00 +0200"]), "", "2024-03-31"),
    (pa.array(["31.03.2024"]), 'date_format = "%d.%m.%Y"', "2024-03-31"),
    (pa.array([20240331]), 'date_format = "%Y%m%d"', "2024-03-31"),
    (pa.array([20240331.0, None, None, None]).slice(0, 1), 'date_format = "%Y%m%d"', "2024-03-31"),
    (pa.array(["2024-03-31 10:00:00\t"]), "", "2024-03-31"),
    (pa.array(["\t 2024-03-31\r\n"]), "", "2024-03-31"),
    (pa.array([1711929540]), 'date_format = "epoch_seconds"', "2024-04-01"),
    (pa.array([1711929540000]), 'date_format = "epoch_milliseconds"', "2024-04-01"),
]


@pytest.mark.parametrize(("values", "form", "expected"), DATES)
def test_the_day_is_the_day_in_the_time_zone(tmp_path: Path, values: pa.Array, form: str, expected: str) -> None:
    berlin = '[history]\ntime_zone = "Europe/Berlin"'
    found = read_column(tmp_path, values, "ordered_on", "Date", settings=form, head=berlin)
    assert found == [date.fromisoformat(expected)]


NUMBERS = [
    (pa.array([0.285]), "", 29),
    (pa.array([-0.285]), "", -29),
    (pa.array([1.005]), "", 101),
    (pa.array([2.675]), "", 268),
    (pa.array([0.125]), "", 13),
    (pa.array([7]), "", 700),
    (pa.array(["12.345"]), "", 1235),
    (pa.array([" 1,234.50 "]), 'thousands = ","', 123450),
    (pa.array(["1.234,50"]), 'thousands = "."\ndecimal = ","', 123450),
    (pa.array(["1.234,50-"]), 'thousands = "."\ndecimal = ","', -123450),
    (pa.array(["1,234,567.00"]), 'thousands = ","', 123456700),
    (pa.array(["-1,23,456.5"]), 'thousands = ","', -12345650),
    (pa.array(["1_234"]), 'thousands = "_"', 123400),
    (pa.array(["1\u202f234,50"]), 'thousands = " "\ndecimal = ","', 123450),
    (pa.array(["1\u00a0234"]), 'thousands = " "', 123400),
    (pa.array(["1\u2019234.5"]), 'thousands = "\'"', 123450),
    (pa.array(["(1,234.50)"]), 'thousands = ","', -123450),
    (pa.array(["£1,234.50"]), 'thousands = ","\nunits = ["£"]', 123450),
    (pa.array(["-£ 1.50"]), 'units = ["£"]', -150),
    (pa.array(["(£1.50)"]), 'units = ["£"]', -150),
    (pa.array(["1,50\u00a0EUR"]), 'decimal = ","\nunits = ["EUR", "€"]', 150),
    (pa.array(["1,50 €-"]), 'decimal = ","\nunits = ["EUR", "€"]', -150),
    (pa.array(["- 1 234,50"]), 'thousands = " "\ndecimal = ","', -123450),
    (pa.array(["-\u00a0500"]), 'thousands = " "', -50000),
    (pa.array(["( 1 234 )"]), 'thousands = " "', -123400),
    (pa.array(["12,00 -"]), 'decimal = ","', -1200),
    (pa.array(["1e2"]), "", 10000),
    (pa.array([None], pa.float64()), "", None),
    (pa.array([""]), "", None),
    (pa.array(["1,234.50\t"]), 'thousands = ","', 123450),
    (pa.array(["\t5 €\u00a0\t"]), 'units = ["€"]', 500),
    (pa.array([" \t"]), "", None),
]


@pytest.mark.parametrize(("values", "form", "cents"), NUMBERS)
def test_money_is_whole_cents_rounded_half_away_from_zero(
    tmp_path: Path, values: pa.Array, form: str, cents: int | None
) -> None:
    assert read_column(tmp_path, values, "net_amount", "Net", settings=form) == [cents]


AMBIGUOUS = [
    ("1.234", 'decimal = ","'),
    ("12,50", 'thousands = ","'),
    ("12.50", 'thousands = "."\ndecimal = ","'),
    ("1.50,000", 'thousands = ","'),
    ("1234,567", 'thousands = ","'),
    ("1,,234", 'thousands = ","'),
    (",234", 'thousands = ","'),
    ("- 12 34", 'thousands = " "'),
    ("12_50", ""),
    ("1\t2", ""),
    ("12€50", 'units = ["€"]'),
    ("£1.50", ""),
    ("(-1.50)", ""),
]


@pytest.mark.parametrize(("text", "form"), AMBIGUOUS)
def test_what_is_no_number_as_configured_is_not_taken_for_another(tmp_path: Path, text: str, form: str) -> None:
    table = lines(1, 2, Net=["7", text])
    account = read_history(configured(tmp_path, table, form, head="[history]\nmax_quarantined_share = 1.0")).account
    assert account.quarantined == {"net_amount is not a number": 1}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=8))
def test_every_amount_of_whole_cents_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, cents: list[int]
) -> None:
    written = pa.array([f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}" for amount in cents])
    assert read_column(tmp_path_factory.mktemp("cents"), written, "net_amount", "Net", settings=COPIES) == cents


def test_an_amount_may_be_a_product_of_columns(tmp_path: Path) -> None:
    columns = COLUMNS.replace('"Net"', '{multiply = ["Net", "Pieces"]}')
    reading = read_history(configured(tmp_path, lines(1, 2, Net=["0.15", "2.10"], Pieces=["3", "-2"]), columns=columns))
    assert column(reading, "net_amount") == [45, -420]


def test_a_product_that_nobody_can_read_shows_all_its_columns(tmp_path: Path) -> None:
    columns = COLUMNS.replace('"Net"', '{multiply = ["Pieces", "Net"]}')
    config = configured(tmp_path, lines(1, 2, Net=["EUR 12,50"] * 2, Pieces=["4", "5"]), columns=columns)
    with pytest.raises(DataProblem, match="'Pieces' times 'Net' can be read as a number") as problem:
        read_history(config)
    assert "VARCHAR of the form 9 and VARCHAR of the form aaa 99,99" in problem.value.got
