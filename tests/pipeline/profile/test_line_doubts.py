"""Order lines that look otherwise than they are read: cents, dates of invoices, products that are known late."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from suppliers import configured, lines

from pipeline.profile.line_doubts import line_doubts
from pipeline.profile.profile import profile
from pipeline.sources.history import read_history

KEEP = 'duplicates = "keep"'


def doubts(folder: Path, table: pa.Table, currency: str = "USD") -> list[str]:
    config = configured(folder, table, KEEP, head=f'[history]\ncurrency = "{currency}"')
    return [*line_doubts(read_history(config).history)]


def priced(amounts: list[str]) -> pa.Table:
    return lines(customers=100, orders=16, Net=[amounts[row % len(amounts)] for row in range(1600)])


WHOLE = ["2900", "9900", "-9900", "0"]


@pytest.mark.parametrize(
    ("amounts", "currency", "told"),
    [
        (WHOLE, "USD", "the usual line is one of 9,900.00 USD: where the system writes cents"),
        (WHOLE, "JPY", None),
        ([*WHOLE, "9900.50"], "USD", None),
        (["29", "12", "2900"], "USD", None),
    ],
)
def test_amounts_that_seem_to_be_in_cents_are_told_of(
    tmp_path: Path, amounts: list[str], currency: str, told: str | None
) -> None:
    found = doubts(tmp_path, priced(amounts), currency)
    assert [told in sentence for sentence in found] == ([] if told is None else [True])


def test_of_few_whole_amounts_nothing_is_said(tmp_path: Path) -> None:
    assert doubts(tmp_path, lines(Net=["9900"] * 48)) == []


def in_parts(days_apart: int, orders: int = 30, apart: int = 30) -> pa.Table:
    """Orders of two lines, of which the first `apart` have their second one so many days later."""
    days = [date(2023, 1, 1) + timedelta(3 * order) for order in range(orders)]
    later = [day + timedelta(days_apart if order < apart else 0) for order, day in enumerate(days)]
    return pa.table(
        {
            "Customer": [f"C{order % 4}" for order in range(orders)] * 2,
            "Order": [f"O{order}" for order in range(orders)] * 2,
            "Date": [str(day) for day in [*days, *later]],
            "Item": ["P1"] * orders + ["P2"] * orders,
            "Pieces": ["1"] * 2 * orders,
            "Net": ["10.50"] * 2 * orders,
        }
    )


@pytest.mark.parametrize(
    ("days_apart", "orders", "apart", "told"),
    [
        (160, 30, 30, "100% of the orders of several lines are dated over a month or more, usually 160 days"),
        (160, 30, 6, "20% of the orders"),
        (160, 30, 5, None),
        (29, 30, 30, None),
        (160, 19, 19, None),
    ],
)
def test_orders_dated_as_their_parts_were_invoiced_are_told_of(
    tmp_path: Path, days_apart: int, orders: int, apart: int, told: str | None
) -> None:
    found = doubts(tmp_path, in_parts(days_apart, orders, apart))
    assert [told in sentence for sentence in found] == ([] if told is None else [True])


def test_one_number_of_two_customers_is_two_orders(tmp_path: Path) -> None:
    table = in_parts(160)
    other = [f"D{order % 4}" for order in range(30)]
    customers = [*table.column("Customer").to_pylist()[:30], *other]
    assert doubts(tmp_path, table.set_column(0, "Customer", pa.array(customers))) == []


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (lambda row: row >= 20, "product_id is missing in nearly every line before 2023-03-13"),
        (lambda row: row >= 20 or row == 3, None),
        (lambda row: row >= 8, None),
        (lambda row: row % 2, None),
        (lambda row: row >= 20 and row % 3 == 0, None),
        (lambda row: False, None),
    ],
)
def test_products_that_become_known_late_are_told_of(tmp_path: Path, known: object, told: str | None) -> None:
    """Lines of four customers a fortnight from 2023-01-02 on: row 20 is of 2023-03-16, row 8 of February."""
    table = lines(Item=[f"P{row % 3}" if known(row) else None for row in range(48)])  # type: ignore[operator]
    found = doubts(tmp_path, table)
    assert [told in sentence for sentence in found] == ([] if told is None else [True])


def test_one_line_of_years_before_is_no_time_without_products(tmp_path: Path) -> None:
    days = ["2013-01-01", *(str(date(2023, 1, 2) + timedelta(7 * row)) for row in range(47))]
    assert doubts(tmp_path, lines(Date=days, Item=[None, *["P1"] * 47])) == []


def test_the_profile_says_it(tmp_path: Path) -> None:
    assert any("is one of 9,900.00" in told for told in profile(configured(tmp_path, priced(WHOLE), KEEP)).warnings)
