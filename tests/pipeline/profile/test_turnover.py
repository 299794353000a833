"""Whether most customers were exchanged at once is told in slow trades too, and nothing else is taken for it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suppliers import as_order_days, configured, dated

from pipeline.profile.profile import profile
from pipeline.profile.turnover import WINDOW, _customers, turnovers

LENGTH, MOVED = 900, 450
Rows = list[tuple[str, int]]


def slow(customers: int = 120) -> Rows:
    """Everybody orders every seven weeks; one comes every twenty days and stays for a year."""
    steady = [(f"C{number}", day) for number in range(customers) for day in range(number % 49, LENGTH, 49)]
    return steady + [
        (f"P{come}", day) for come in range(0, LENGTH, 20) for day in range(come, min(come + 365, LENGTH), 40)
    ]


def renamed(rows: Rows, one_in: int = 1) -> Rows:
    """Every so many-th customer orders under another id from a day on."""
    return [(f"N{who}" if day >= MOVED and int(who[1:]) % one_in == 0 else who, day) for who, day in rows]


def off_season(rows: Rows) -> Rows:
    return [(who, day) for who, day in rows if day % 365 < 240]


def leave(rows: Rows) -> Rows:
    return [(who, day) for who, day in rows if day < MOVED or int(who[1:]) % 3]


def come(rows: Rows) -> Rows:
    return rows + [(f"B{number}", day) for number in range(200) for day in range(MOVED + number % 49, LENGTH, 49)]


def once(rows: Rows) -> Rows:
    """Shoppers who never come back."""
    return [(f"S{number}", number % LENGTH) for number in range(4000)]


def test_customers_who_change_ids_in_a_slow_trade_are_told_with_the_day() -> None:
    (found,) = turnovers(as_order_days(renamed(slow())))
    assert abs(found.day - MOVED) <= 7
    assert found.share < 0.2 < 0.9 < found.usual


@pytest.mark.parametrize("change", [lambda rows: rows, off_season, leave, come, once, lambda rows: renamed(rows, 4)])
def test_nothing_else_is_taken_for_it(change: Callable[[Rows], Rows]) -> None:
    assert not [*turnovers(as_order_days(change(slow())))]


@pytest.mark.parametrize("rows", [[], [("C1", 5)], [(f"C{row % 40}", row % 170) for row in range(400)]])
def test_too_short_a_history_says_nothing(rows: Rows) -> None:
    assert not [*turnovers(as_order_days(rows))]


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(0, 400)), min_size=1, max_size=40))
def test_counting_customers_day_by_day_finds_the_same(rows: Rows) -> None:
    days = as_order_days(rows)
    length = days.end - days.first
    found = np.stack(_customers(days, length))
    for at in range(0, length + 1, 7):
        before = {who for who, day in rows if at - WINDOW <= day - days.first < at}
        after = {who for who, day in rows if at <= day - days.first < at + WINDOW}
        assert found[:, at].tolist() == [len(before), len(after), len(before & after)]


@pytest.mark.parametrize("fast", [True, False])
def test_the_profile_tells_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast: bool) -> None:
    bare = '[history.order_lines.columns]\ncustomer_id = "Customer"\nordered_on = "Date"\n'
    config = configured(tmp_path, dated(renamed(slow())), 'duplicates = "keep"', bare)
    if not fast:
        monkeypatch.setattr("pipeline.profile.warnings.moves", lambda days: ())
    told = [each for each in profile(config).warnings if "[history.customer_ids]" in each]
    assert len(told) == 1 and ("many ids change" if fast else "customers are exchanged") in told[0]
