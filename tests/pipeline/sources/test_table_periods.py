"""Periods of validity: they must not overlap, and without dates only what never changes may be read."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from beside import ALL, quarantined, read, regular
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import DataProblem
from features.history import TABLES
from pipeline.sources.periods import NEVER, overlapping

PERIODS: list[tuple[list[tuple[int, int | None]], list[int]]] = [
    ([(0, 10), (10, 20), (20, None)], []),
    ([(0, 11), (10, 20)], [0, 1]),
    ([(0, None), (10, None)], []),
    ([(0, None), (0, None)], [0, 1]),
    ([(0, 100), (10, 20), (30, 40)], [0, 1, 2]),
    ([(0, 100), (10, None), (200, 300)], [0, 1]),
]


@pytest.mark.parametrize(("periods", "out"), PERIODS)
def test_periods_of_one_customer_must_not_overlap(periods: list[tuple[int, int | None]], out: list[int]) -> None:
    first, end = (np.array([NEVER if p[i] is None else p[i] for p in periods], dtype=np.int64) for i in (0, 1))
    assert np.flatnonzero(overlapping(np.zeros(len(periods), dtype=np.int64), first, end)).tolist() == out


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-9, 9), st.one_of(st.none(), st.integers(1, 6))), max_size=8))
def test_overlaps_are_those_that_comparing_every_pair_finds(rows: list[tuple[int, int, int | None]]) -> None:
    ends = [first + (length or 1) for _, first, length in rows]
    expected = [
        any(
            i != j and rows[i][0] == rows[j][0] and rows[i][1] < ends[j] and rows[j][1] < ends[i]
            for j in range(len(rows))
        )
        for i in range(len(rows))
    ]
    customer = np.array([row[0] for row in rows], dtype=np.int64)
    first = np.array([row[1] for row in rows], dtype=np.int64)
    end = np.array([NEVER if row[2] is None else row[1] + row[2] for row in rows], dtype=np.int64)
    assert overlapping(customer, first, end).tolist() == expected


def test_overlapping_periods_are_put_aside(tmp_path: Path) -> None:
    table = regular("customers", 3, customer_id=["C0", "C0", "C1"], valid_to=[date(2023, 2, 1), None, None])
    assert quarantined(tmp_path, "customers", table) == {"the period overlaps another one of the customer": 2}


def test_values_of_today_are_refused_unless_they_never_change(tmp_path: Path) -> None:
    table = regular("customers", 4, valid_from=None, valid_to=None)
    every = ", ".join(f'"{name}"' for name in TABLES["customers"].attributes)
    with pytest.raises(DataProblem, match="would leak the future") as problem:
        read(tmp_path, "customers", table, 'static = ["region"]')
    assert (
        problem.value.got == "industry, employees, annual_revenue, credit_score, payment_terms_days without valid_from"
    )
    assert read(tmp_path, "customers", table, f"static = [{every}]").beside[0].rows_used == 4


def test_what_is_only_shown_may_be_of_today_and_need_not_be_called_static(tmp_path: Path) -> None:
    table = regular("customers", 3).select(["CUSTOMER_ID", "NAME", "ACCOUNT_MANAGER"])
    table = table.set_column(0, "CUSTOMER_ID", [["C0", "C1", "C2"]])
    assert read(tmp_path, "customers", table).beside[0].rows_used == 3


def test_periods_before_1970_are_periods_like_others(tmp_path: Path) -> None:
    days = {"valid_from": [date(1950, 1, 1), date(1960, 1, 1)], "valid_to": [date(1960, 1, 1), date(1969, 12, 31)]}
    table = regular("customers", 2, customer_id=["C0", "C0"], **days)
    assert read(tmp_path, "customers", table, head=f"{ALL}\nearliest_day = 1900-01-01").beside[0].rows_used == 2


def test_static_values_are_one_row_a_customer(tmp_path: Path) -> None:
    table = regular("customers", 5).select(["CUSTOMER_ID", "REGION"])
    found = quarantined(tmp_path, "customers", table, 'static = ["region"]')
    assert found == {"the period overlaps another one of the customer": 2}
