"""A matrix depends on what was known at its cutoffs, and on nothing else: not on chunks, threads, order or company."""

import random
import re
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from customers import Line
from histories import (
    ANYBODY,
    EVERYTHING,
    busy_supplier,
    day,
    disagreements,
    engine_values,
    reference_values,
    situations,
    to_matrix,
    to_store,
)
from hypothesis import given, settings

from features.catalogue import FEATURES
from features.engine import plan
from features.engine.plan import ELIGIBLE, STATUS, Matrix, Population, build

CUTOFFS = (day(-300), day(-31), day(0), day(3), day(200))


def bits(matrix: Matrix) -> tuple[object, ...]:
    """Everything in a matrix, comparable bit by bit: NaN equals itself, 0.0 does not equal -0.0."""
    spine = matrix.spine
    return (
        matrix.cutoffs,
        matrix.names,
        *(part.tobytes() for part in (spine.customer, spine.cutoff, spine.status, matrix.values)),
    )


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return busy_supplier(customers=32)


@pytest.fixture(scope="module")
def whole(lines) -> Matrix:
    return to_matrix(lines, CUTOFFS)


@pytest.mark.parametrize("rows", [1, 50, 101])
def test_chunks_change_nothing(monkeypatch, lines, whole, rows):
    monkeypatch.setattr(plan, "ROWS_A_CHUNK", rows)
    assert bits(to_matrix(lines, CUTOFFS)) == bits(whole)


def test_threads_change_nothing(monkeypatch, lines, whole):
    monkeypatch.setattr(plan, "ROWS_A_CHUNK", 20)
    assert bits(to_matrix(lines, CUTOFFS, threads=2)) == bits(whole)


@pytest.mark.parametrize("seed", range(4))
def test_order_of_rows_changes_nothing(lines, whole, seed):
    shuffled = random.Random(seed).sample(lines, len(lines))
    assert bits(to_matrix(shuffled, CUTOFFS)) == bits(whole)


def test_order_of_rows_changes_nothing_before_rounding_but_the_last_bits_of_sums_over_shares(lines):
    arguments = (CUTOFFS, 90, ANYBODY, FEATURES)
    one, _ = engine_values(to_store(lines), *arguments)
    other, _ = engine_values(to_store(lines[::-1]), *arguments)
    moved = {key for key in one if repr(one[key]) != repr(other[key])}
    of_shares = {f"{key}_{sum}" for key in ("product", "category") for sum in ("concentration", "entropy")}
    of_prices = {"price_against_others_365d", "price_rise_against_others_180d", "margin_share_365d"}
    assert {name for _, _, name in moved} <= of_shares | of_prices
    assert disagreements(one, other, relative=1e-12) == {}


def alone(lines, cutoff, **arguments) -> dict[tuple[str, date], bytes]:
    return by_row(to_matrix(lines, [cutoff], **arguments), lines, arguments.get("has", EVERYTHING))


def by_row(matrix: Matrix, lines, has=EVERYTHING) -> dict[tuple[str, date], bytes]:
    """Status and values of each row of the spine."""
    names, values = to_store(lines, has).customer_ids, iter(matrix.values)
    return {
        (names[customer], matrix.cutoffs[cutoff]): (
            STATUS[status],
            next(values).tobytes() if status == ELIGIBLE else None,
        )
        for customer, cutoff, status in zip(
            matrix.spine.customer, matrix.spine.cutoff, matrix.spine.status, strict=True
        )
    }


def test_cutoffs_together_equal_each_alone(lines, whole):
    each = [alone(lines, cutoff) for cutoff in CUTOFFS]
    assert by_row(whole, lines) == {row: value for rows in each for row, value in rows.items()}


@given(situations(most_lines=25))
@settings(max_examples=30)
def test_cutoffs_together_equal_each_alone_on_random_histories(asked):
    arguments = {"horizon": asked.horizon, "has": asked.has, "population": asked.population}
    together = by_row(to_matrix(asked.lines, asked.cutoffs, **arguments), asked.lines, asked.has)
    each = [alone(asked.lines, cutoff, **arguments) for cutoff in asked.cutoffs]
    assert together == {row: value for rows in each for row, value in rows.items()}


def test_cutoffs_in_any_order_and_twice_count_once(lines, whole):
    assert bits(to_matrix(lines, (*reversed(CUTOFFS), CUTOFFS[2]))) == bits(whole)


@pytest.mark.parametrize(
    ("cutoffs", "got"),
    [
        ([], "at least one; got none"),
        ([day(0), "2021-01-01"], "got '2021-01-01', a str"),
        ([datetime(2021, 1, 1, 12)], "12, 0), a datetime"),
        ([pd.Timestamp("2021-01-01")], "a Timestamp"),
        (np.array(["2021-01-01"], dtype="datetime64[D]"), "a datetime64"),
    ],
)
def test_cutoffs_that_are_no_dates_are_refused(lines, cutoffs, got):
    with pytest.raises(TypeError, match=re.escape(got)):
        build(to_store(lines), cutoffs, FEATURES[:1], horizon_days=90)


def test_columns_do_not_depend_on_their_company(lines, whole):
    some = [feature for feature in FEATURES if "against_peers" in feature.name or feature.name == "spend_90d"]
    columns = [whole.names.index(feature.name) for feature in some]
    np.testing.assert_array_equal(to_matrix(lines, CUTOFFS, features=some).values, whole.values[:, columns])


def test_matrix_is_column_major_float32(whole):
    assert whole.values.dtype == np.float32 and whole.values.flags.f_contiguous
    assert whole.values.shape == ((whole.spine.status == ELIGIBLE).sum(), len(FEATURES))


def test_spine_runs_by_customer_then_cutoff(whole):
    rows = list(zip(whole.spine.customer, whole.spine.cutoff, strict=True))
    assert rows == sorted(rows) and len(set(rows)) == len(rows)


@pytest.mark.parametrize(
    ("order_days", "silent", "status"),
    [(2, 1, "new"), (3, 1, "eligible"), (3, 365, "eligible"), (3, 366, "lapsed"), (2, 366, "new")],
)
def test_status_of_a_customer(order_days, silent, status):
    rule = Population(min_order_days=3, activity_days=365)
    assert STATUS[rule.status(np.array([float(order_days)]), np.array([float(silent)]))[0]] == status


def test_status_counts_days_not_orders_nor_returns_nor_zero_amounts():
    lines = [
        Line("a", "1", day(-3)),
        Line("a", "2", day(-3)),
        Line("a", "3", day(-2), cents=0),
        Line("a", "4", day(-1), cents=-500),
    ]
    spine = to_matrix(lines, [day(0)], population=Population(2, 365)).spine
    assert [STATUS[code] for code in spine.status] == ["new"]


def test_customer_who_only_ever_returned_is_not_in_the_spine():
    lines = [Line("a", "1", day(-3), cents=-100), Line("b", "2", day(-3))]
    assert list(to_matrix(lines, [day(0)]).spine.customer) == [1]


def test_cutoff_before_the_history_gives_no_rows():
    matrix = to_matrix([Line("a", "1", day(0))], [day(-1), day(0)])
    assert len(matrix.spine) == 0 and matrix.values.shape == (0, len(FEATURES))


def test_empty_store_gives_no_rows():
    store = to_store([Line("a", "1", day(0))]).known_before(0)
    assert build(store, [day(0)], FEATURES, horizon_days=90).values.shape == (0, len(FEATURES))


def test_one_customer_with_one_order_has_every_feature_null_or_right():
    lines = [Line("a", "1", day(-1))]
    values, _ = engine_values(to_store(lines), [day(0)], 90, ANYBODY, FEATURES)
    expected, _ = reference_values(lines, [day(0)], 90, ANYBODY, EVERYTHING)
    assert disagreements({key: value for key, value in values.items() if key in expected}, expected) == {}


def test_order_over_two_days_counts_on_its_first_and_is_two_order_days():
    lines = [Line("a", "1", day(-31)), Line("a", "1", day(-30))]
    matrix = to_matrix(lines, [day(0)])
    row = dict(zip(matrix.names, matrix.values[0], strict=True))
    assert (row["orders_30d"], row["order_days_30d"], row["orders_90d"], row["order_days_90d"]) == (0, 1, 1, 2)


def test_late_first_line_moves_the_order_to_the_line_that_was_known():
    lines = [Line("a", "1", day(-31), known=day(5)), Line("a", "1", day(-30))]
    orders = to_matrix(lines, [day(0), day(6)]).values[:, FEATURES_BY_NAME["orders_90d"]]
    recent = to_matrix(lines, [day(0), day(6)]).values[:, FEATURES_BY_NAME["orders_30d"]]
    assert (list(orders), list(recent)) == ([1, 1], [1, 0])


FEATURES_BY_NAME = {feature.name: position for position, feature in enumerate(FEATURES)}


def test_progress_ends_at_one(monkeypatch, lines):
    monkeypatch.setattr(plan, "ROWS_A_CHUNK", 20)
    seen: list[float] = []
    build(to_store(lines), CUTOFFS, FEATURES[:3], horizon_days=90, progress=seen.append)
    assert seen == sorted(seen) and len(seen) > 5 and seen[-1] == 1
