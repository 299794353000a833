"""What is odd in the tables beside the order lines although every row keeps its contract: said, and only then."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from beside import regular, with_tables
from suppliers import lines

from pipeline.config import load_config
from pipeline.profile.table_doubts import table_doubts
from pipeline.sources.history import read_history

ROWS, NEXT_YEAR = 40, date(2024, 1, 1)
FIRST, ONE = date(2022, 3, 1), date(2023, 3, 1)
LONG_AGO = [date(2022, 1, 1) + timedelta(days=row) for row in range(ROWS)]
JUST_NOW = [date(2023, 6, 10) + timedelta(days=row % 5) for row in range(ROWS)]
NEVER = date(9999, 12, 31)
WON: list[object] = ["won"] * ROWS


def doubts(folder: Path, name: str, table: pa.Table) -> list[str]:
    """What is said of a table beside the lines of 25 customers, who order for some 13 each fortnight."""
    more = lines(25, 12)
    return list(table_doubts(read_history(load_config(with_tables(folder, (name, table, ""), more=more))).history))


def spread(rows: int, each: int = 7) -> list[object]:
    return [FIRST + timedelta(days=each * row) for row in range(rows)]


def dated(name: str, days: list[object], /, **columns: list[object] | None) -> pa.Table:
    """A regular table whose rows happen on other days, settled on the same day."""
    later: dict[str, list[object] | None] = {
        "interactions": {"happened_on": days, "resolved_on": days},
        "quotes": {"quoted_on": days, "decided_on": days},
        "deliveries": {"promised_on": days, "delivered_on": days},
    }.get(name, {})
    return regular(name, len(days), **{**later, "known_on": None, **columns})


def of_months(step: int, cents: str) -> pa.Table:
    """The wallet of 25 customers at months `step` apart; they spend about 27 a month."""
    months = [date(2023, 1 + step * place, 1) for place in range(3)]
    rows = [(f"C{customer}", month) for month in months for customer in range(25)]
    columns: dict[str, list[object] | None] = {
        "customer_id": [customer for customer, _ in rows],
        "month": [month for _, month in rows],
        "our_amount": [cents] * len(rows),
        "total_amount": [cents] * len(rows),
        "known_on": None,
    }
    return regular("wallet", len(rows), **columns)


def periods(days_between: int, revenue: str = "1000000") -> pa.Table:
    """Two periods of 25 customers, the first of which ends so many days before the second begins."""
    second = date(2023, 2, 1)
    columns: dict[str, list[object] | None] = {
        "customer_id": [f"C{row % 25}" for row in range(50)],
        "valid_from": [FIRST + timedelta(days=row) for row in range(25)]
        + [second + timedelta(days=r) for r in range(25)],
        "valid_to": [second + timedelta(days=row - days_between) for row in range(25)] + [None] * 25,
        "annual_revenue": [revenue] * 50,
    }
    return regular("customers", 50, **columns)


def delivered(pieces: list[object], orders: list[object]) -> pa.Table:
    """Deliveries of ten pieces ordered, none faulty."""
    return dated(
        "deliveries",
        spread(ROWS),
        customer_id=["C0"] * ROWS,
        order_id=orders,
        quantity_ordered=["10"] * ROWS,
        quantity_delivered=pieces,
        quantity_defective=None,
    )


HALVES: list[object] = [f"O{row // 2}" for row in range(ROWS)]
WHOLES: list[object] = [f"O{row}" for row in range(ROWS)]
TERM: dict[str, list[object] | None] = {"signed_on": spread(ROWS), "starts_on": spread(ROWS), "cancelled_on": None}
SAID: list[tuple[str, pa.Table, str]] = [
    ("contracts", regular("contracts", ROWS, **TERM, known_on=None,
        ends_on=[date(2024, 12, 31)] * ROWS), "ends_on is 2024-12-31 in 40 of 40 rows"),
    ("contracts", regular("contracts", ROWS, **TERM, known_on=None, ends_on=[NEVER] * 3 + spread(ROWS, 8)[3:]),
        "3 of 40 last for more than 20 years, up to 9999-12-31"),
    ("interactions", dated("interactions", spread(ROWS), known_on=[ONE] * ROWS), "known_on is 2023-03-01 in 40 of"),
    ("interactions", dated("interactions", list(LONG_AGO), kind=["complaint"] * ROWS, resolved_on=[None] * ROWS),
        "40 of 40 complaints and tickets of more than 90 days ago have no resolved_on"),
    ("quotes", dated("quotes", list(LONG_AGO), outcome=["open"] * ROWS), "40 of 40 offers of more than a year ago are"),
    ("quotes", dated("quotes", list(JUST_NOW), outcome=WON), "no offer is open, of 40 of the last 30 days neither"),
    ("quotes", dated("quotes", [FIRST + timedelta(days=row // 2) for row in range(ROWS)], outcome=WON,
        customer_id=["C0"] * ROWS, category=["A"] * ROWS), "40 of 40 rows share customer, day and group"),
    ("quotes", dated("quotes", spread(ROWS), outcome=WON, price_gap=["5"] * ROWS), "price_gap is beyond 5.0"),
    ("quotes", dated("quotes", spread(ROWS), outcome=WON, amount=["0.01"] * ROWS), "quotes: amount is usually"),
    ("deliveries", delivered(["4", "6"] * 20, HALVES), "40 of the 40 rows that deliver less than was"),
    ("customers", periods(1), "25 of 25 periods end a day before the next begins"),
    ("customers", periods(0, "1"), "annual_revenue of 25 of 25"),
    ("wallet", of_months(2, "27"), "its months are 2 apart"),
    ("wallet", of_months(1, "270"), "our_amount is "),
    ("wallet", of_months(1, "0.02"), "our_amount is 0.00"),
]  # fmt: skip
NOT_SAID: list[tuple[str, pa.Table]] = [
    ("contracts", regular("contracts", ROWS, **TERM, known_on=None, ends_on=[*spread(ROWS, 8)[1:], NEXT_YEAR])),
    ("interactions", dated("interactions", spread(ROWS))),
    ("interactions", dated("interactions", list(LONG_AGO), kind=["complaint"] * ROWS, resolved_on=None)),
    ("interactions", dated("interactions", list(LONG_AGO), kind=["visit"] * ROWS, resolved_on=[None] * ROWS)),
    ("quotes", dated("quotes", spread(ROWS), outcome=WON, amount=["50"] * ROWS, price_gap=["0.05"] * ROWS)),
    ("quotes", dated("quotes", list(JUST_NOW), outcome=[*WON[1:], "open"], amount=["50"] * ROWS)),
    ("quotes", dated("quotes", [LONG_AGO[0], *JUST_NOW[1:]], outcome=["open", *WON[1:]], amount=["50"] * ROWS)),
    ("deliveries", delivered(["10"] * ROWS, HALVES)),
    ("deliveries", delivered(["6"] * ROWS, HALVES)),
    ("deliveries", delivered(["6"] * ROWS, WHOLES)),
    ("customers", periods(0)),
    ("customers", periods(3)),
    ("wallet", of_months(1, "27")),
    (
        "treatments",
        regular(
            "treatments", ROWS, treated_on=[ONE] * ROWS, known_on=[ONE] * ROWS, cost=[str(row) for row in range(ROWS)]
        ),
    ),
]


@pytest.mark.parametrize(("name", "table", "said"), SAID)
def test_what_is_odd_is_said(tmp_path: Path, name: str, table: pa.Table, said: str) -> None:
    found = doubts(tmp_path, name, table)
    assert [sentence for sentence in found if said in sentence and sentence.startswith(name)], found


@pytest.mark.parametrize(("name", "table"), NOT_SAID)
def test_what_is_usual_is_not(tmp_path: Path, name: str, table: pa.Table) -> None:
    assert doubts(tmp_path, name, table) == []


def test_a_day_that_stands_for_never_is_no_day_of_a_load(tmp_path: Path) -> None:
    table = regular("contracts", ROWS, **TERM, known_on=None, ends_on=[NEVER] * ROWS)
    assert [sentence for sentence in doubts(tmp_path, "contracts", table) if "ends_on is" in sentence] == []
