"""What a customer left out: by hand, by counting in plain Python, and never what came after or is no longer sold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.assortment.left_out import FEWEST, UNLIKELY, LeftOut, Regulars, left_out, regulars
from models.assortment.purchases import Purchases

PRODUCTS = 4
Line = tuple[int, int, int, int]
"""Customer, day, product, cents."""
LINES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 12), st.integers(0, PRODUCTS - 1), st.integers(-50, 500)), max_size=60
)


def purchases(lines: list[Line], customers: int = 3) -> Purchases:
    columns = np.array(sorted(lines, key=lambda line: line[:2]), dtype=np.int64).reshape(-1, 4)
    return Purchases(customers, PRODUCTS, *columns.T[:3], columns.T[3].astype(np.float64))


def counted(lines: list[Line]) -> dict[tuple[int, int], tuple[int, int, int, int, float]]:
    """The same in plain Python: bought, orders, since, last, spend by customer and product."""
    found = {}
    for customer, product in {(line[0], line[2]) for line in lines}:
        days = sorted({line[1] for line in lines if line[0] == customer})
        with_it = sorted({line[1] for line in lines if (line[0], line[2]) == (customer, product)})
        orders = sum(with_it[0] <= day <= with_it[-1] for day in days)
        since = sum(day > with_it[-1] for day in days)
        spend = float(sum(line[3] for line in lines if (line[0], line[2]) == (customer, product)))
        found[customer, product] = (len(with_it), orders, since, with_it[-1], spend)
    return found


def chance(bought: int, orders: int, since: int) -> float:
    return float((1 - bought / (orders + 1)) ** since)


@given(LINES)
def test_regulars_are_what_plain_python_counts(lines: list[Line]) -> None:
    found = regulars(purchases(lines))
    columns = (found.bought, found.orders, found.since, found.last, found.spend)
    rows = zip(found.customer.tolist(), found.product.tolist(), *(column.tolist() for column in columns), strict=True)
    assert {(customer, product): tuple(rest) for customer, product, *rest in rows} == counted(lines)


@given(LINES, st.integers(1, 3), st.lists(st.booleans(), min_size=3, max_size=3), st.sets(st.integers(0, 3)))
def test_left_out_is_what_plain_python_picks(lines: list[Line], count: int, silent: list[bool], sold: set[int]) -> None:
    goods = np.isin(np.arange(PRODUCTS), list(sold))
    found = left_out(regulars(purchases(lines)), goods, np.array(silent), count)
    expected: list[list[int]] = [[], [], []]
    for (customer, product), (bought, orders, since, _, _) in sorted(
        counted(lines).items(), key=lambda each: (each[0][0], -each[1][4], each[0][1])
    ):
        gone = silent[customer] or chance(bought, orders, since) <= UNLIKELY
        if gone and bought >= FEWEST and product in sold:
            expected[customer].append(product)
    assert [[code for code in row if code >= 0] for row in found.product.tolist()] == [e[:count] for e in expected]


def one(lines: list[Line], *, silent: bool = False, sold: bool = True) -> LeftOut:
    return left_out(regulars(purchases(lines, 1)), np.full(PRODUCTS, sold), np.array([silent]), 1)


EVERY_TIME: list[Line] = [(0, day, product, 100) for day in (1, 2, 3, 4) for product in (0, 1)]
WITHOUT: list[Line] = [(0, day, 1, 100) for day in (5, 6, 7)]


@pytest.mark.parametrize(
    ("lines", "silent", "sold", "expected"),
    [
        (EVERY_TIME + WITHOUT, False, True, (0, 4, 4, 3, 4)),
        (EVERY_TIME + WITHOUT[:2], False, True, None),
        (EVERY_TIME + WITHOUT, False, False, None),
        ([*EVERY_TIME, *WITHOUT, (0, 7, 0, 1)], False, True, None),
        (EVERY_TIME[4:] + WITHOUT, False, True, None),
        (EVERY_TIME, True, True, (0, 4, 4, 0, 4)),
        (EVERY_TIME, False, True, None),
    ],
    ids=["three orders without it", "two may be chance", "no longer sold", "bought again on the last day",
         "bought on two days only", "silent: what it used to buy", "ordering, and nothing left out"],
)  # fmt: skip
def test_what_is_left_out(
    lines: list[Line], silent: bool, sold: bool, expected: tuple[int, int, int, int, int] | None
) -> None:
    found = one(lines, silent=silent, sold=sold)
    columns = (found.product, found.bought, found.orders, found.since, found.last)
    assert tuple(int(column[0, 0]) for column in columns) == (expected or (-1, -1, -1, -1, -1))


def test_whoever_bought_always_may_still_leave_out_once() -> None:
    numbers = [np.array([value]) for value in (0, 0, 20, 20, 1, 1)]
    assert Regulars(*numbers, np.array([1.0])).chance() == pytest.approx(1 / 21)
