"""The compiled primitives on small tables, one claim each. Days are plain numbers; one customer unless said."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine import kernels, kernels_of_periods, kernels_of_statistics

NULL = math.nan


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def one_customer(rows: int) -> np.ndarray:
    return np.array([0, rows], dtype=np.int64)


# boundaries


@pytest.mark.parametrize(
    ("cutoff", "ago", "first_row"),
    [(10, 0, 2), (10, 1, 1), (10, 5, 1), (10, 6, 0), (10, 100, 0), (9, 0, 1), (11, 0, 3), (10, -1, 3)],
)
def test_boundary_is_the_first_row_of_at_least_that_day(cutoff, ago, first_row):
    out = np.empty(1, dtype=np.int64)
    kernels.boundaries(one_customer(3), ints(4, 9, 10), one_customer(1), ints(cutoff), ago, out)
    assert out[0] == first_row


def test_boundary_of_a_customer_without_such_a_row_is_the_next_customers_first():
    out, starts = np.empty(6, dtype=np.int64), np.array([0, 2, 4, 6])
    kernels.boundaries(np.array([0, 2, 2, 3]), ints(1, 2, 1), starts, ints(2, 5, 2, 5, 2, 5), 0, out)
    assert out.tolist() == [1, 2, 2, 2, 3, 3]


def test_boundary_where_not_every_customer_is_asked_for_at_every_cutoff():
    out, starts = np.empty(3, dtype=np.int64), np.array([0, 1, 1, 3])
    kernels.boundaries(np.array([0, 2, 3, 5]), ints(1, 2, 7, 1, 4), starts, ints(2, 2, 5), 0, out)
    assert out.tolist() == [1, 4, 5]


# order_days


def order_days(days, orders, chosen=None, cents=None) -> list[list[int]]:
    size = len(days)
    out, offsets = np.zeros((5, size), dtype=np.int64), np.empty(2, dtype=np.int64)
    slots, owners = np.zeros((2, 64), dtype=np.int64)
    amounts = np.array(cents or [1] * size, dtype=np.int64)
    picked = np.array([True] * size if chosen is None else chosen)
    arrays = (one_customer(size), ints(*days), ints(*orders), amounts, amounts * 1000, picked, slots, owners)
    rows = kernels.order_days(*arrays, offsets, out)
    assert offsets.tolist() == [0, rows]
    return out[:, :rows].T.tolist()


def test_order_days_add_up_the_lines_of_a_day():
    assert order_days([5, 5, 7], [1, 1, 2], cents=[10, 20, 5]) == [[5, 1, 2, 30, 30_000], [7, 1, 1, 5, 5000]]


def test_an_order_counts_on_the_day_of_its_first_line_only():
    assert [row[:2] for row in order_days([5, 6, 6], [1, 1, 2])] == [[5, 1], [6, 1]]


def test_lines_not_chosen_make_no_order_day():
    assert [row[:2] for row in order_days([5, 6], [1, 2], chosen=[False, True])] == [[6, 1]]


def test_an_order_whose_first_line_is_not_chosen_counts_on_the_next():
    assert [row[:2] for row in order_days([5, 6], [1, 1], chosen=[False, True])] == [[6, 1]]


@given(st.lists(st.lists(st.integers(0, 2**31 - 1).map(lambda n: n % 7 * 2**28), max_size=8), min_size=1, max_size=6))
def test_the_same_order_id_counts_once_for_each_customer_whatever_the_hash_table_holds(orders):
    flat = [order for customer in orders for order in customer]
    offsets = np.cumsum([0, *map(len, orders)])
    size, n = len(flat), max(map(len, orders))
    slots, owners = np.zeros((2, 1 << (2 * max(n, 1)).bit_length()), dtype=np.int64)
    out, found = np.zeros((5, max(size, 1)), dtype=np.int64), np.empty(len(orders) + 1, dtype=np.int64)
    money, chosen = np.ones(size, dtype=np.int64), np.ones(size, dtype=bool)
    kernels.order_days(
        offsets, np.zeros(size, np.int32), np.array(flat, np.int32), money, money, chosen, slots, owners, found, out
    )
    counted = [out[1, low:high].sum() for low, high in pairwise(found)]
    assert counted == [len(set(customer)) for customer in orders]


def test_amounts_of_a_day_count_by_their_size():
    assert order_days([5, 5], [1, 1], cents=[-10, -20]) == [[5, 1, 2, 30, 30_000]]


# census


def census(days, known, cutoffs, chosen=None) -> list[tuple[int, int]]:
    counts, last = np.zeros((2, 1, len(cutoffs)), dtype=np.int32)
    picked = np.array([True] * len(days) if chosen is None else chosen)
    kernels.census(one_customer(len(days)), ints(*days), ints(*known), picked, ints(*cutoffs), counts, last)
    return list(zip(counts[0].tolist(), last[0].tolist(), strict=True))


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 9), st.booleans()), max_size=12).map(sorted),
    st.lists(st.integers(0, 30), min_size=1, max_size=5, unique=True).map(sorted),
)
def test_census_is_the_days_known_before_each_cutoff(rows, cutoffs):
    days, late, chosen = (list(part) for part in (zip(*rows, strict=True) if rows else ((), (), ())))
    known = [day + after for day, after in zip(days, late, strict=True)]
    expected = []
    for cutoff in cutoffs:
        seen = {day for day, on, pick in zip(days, known, chosen, strict=True) if pick and on < cutoff}
        expected.append((len(seen), max(seen, default=0)))
    assert census(days, known, cutoffs, chosen) == expected


# describe


def describe(values, gaps=False) -> dict[str, float]:
    out = np.empty((6, 1))
    kernels_of_statistics.describe(np.array(values, dtype=np.int64), ints(0), ints(len(values)), gaps, True, out)
    return {name: out[position, 0] for name, position in kernels_of_statistics.STATISTICS.items()}


@pytest.mark.parametrize(
    ("values", "statistic", "expected"),
    [
        ([3, 1, 2], "mean", 2),
        ([3, 1, 2], "median", 2),
        ([4, 1, 2, 3], "median", 2.5),
        ([3, 1, 2], "largest", 3),
        ([3, 1, 2], "last", 2),
        ([1, 3], "deviation", 1),
        ([5], "deviation", NULL),
        ([5], "ninth_decile", 5),
        (range(11), "ninth_decile", 9),
        ([0, 10], "ninth_decile", 9),
        ([], "mean", NULL),
        ([], "last", NULL),
    ],
)
def test_statistic(values, statistic, expected):
    assert describe(values)[statistic] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("values", "floor", "at_it"),
    [
        ([100, 109, 500], 100, 2),
        ([500, 110, 100, 111], 100, 2),
        ([50, 100, 105, 108], 100, 3),  # the least came once only
        ([100, 100, 100], 100, 3),
        ([100, 111, 130], NULL, 0),
        ([100], NULL, 0),
    ],
)
def test_the_floor_is_the_least_that_came_twice(values, floor, at_it):
    out = np.empty((8, 1))
    kernels_of_statistics.describe(np.array(values), ints(0), ints(len(values)), False, True, out, 0.1)
    assert out[6:, 0].tolist() == pytest.approx([floor, at_it], nan_ok=True)


@pytest.mark.parametrize(("days", "mean"), [([1, 4, 11], 5), ([1, 4], 3), ([1], NULL), ([], NULL)])
def test_gaps_are_between_neighbours_within_the_window(days, mean):
    assert describe(days, gaps=True)["mean"] == pytest.approx(mean, nan_ok=True)


def test_deviation_of_gaps_needs_three_days():
    assert math.isnan(describe([1, 4], gaps=True)["deviation"]) and describe([1, 4, 7], gaps=True)["deviation"] == 0


def test_describe_leaves_its_values_in_place():
    values, out = np.array([3.0, 1.0, 2.0]), np.empty((6, 1))
    kernels_of_statistics.describe(values, ints(0), ints(3), False, True, out)
    assert values.tolist() == [3, 1, 2]


@st.composite
def windows_of_days(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days in order, and windows `[low, high)` over them that slide forward or stay."""
    days = np.cumsum(draw(st.lists(st.integers(1, 9), max_size=14)), dtype=np.int32)
    ends = sorted(draw(st.lists(st.integers(0, days.size), min_size=1, max_size=6)))
    reach = draw(st.integers(0, days.size))
    return days, ints(*(max(0, end - reach) for end in ends)), ints(*ends)


@given(windows_of_days(), st.booleans())
def test_statistics_of_sliding_windows_equal_those_of_each_window_alone(case, gaps):
    days, low, high = case
    out = np.full((6, low.size), -1.0)
    kernels_of_statistics.describe(days, low, high, gaps, True, out)
    for place in range(low.size):
        alone, window = np.full((6, 1), -1.0), (low[place : place + 1], high[place : place + 1])
        kernels_of_statistics.describe(days, *window, gaps, True, alone)
        np.testing.assert_array_equal(out[:, place], alone[:, 0])
        values = np.diff(days[low[place] : high[place]]) if gaps else days[low[place] : high[place]]
        expected = np.quantile(values, [0.5, 0.9, 1]) if values.size else [NULL] * 3
        np.testing.assert_allclose(out[2:5, place], expected)


def test_without_ranking_mean_deviation_and_last_are_the_same():
    ranked, plain = np.zeros((2, 6, 1))
    for ranking, out in ((True, ranked), (False, plain)):
        kernels_of_statistics.describe(ints(3, 1, 2), ints(0), ints(3), False, ranking, out)
    assert ranked[[0, 1, 5]].tolist() == plain[[0, 1, 5]].tolist()


# count_long_gaps, decayed


@pytest.mark.parametrize(
    ("since_last", "least", "count"), [(False, 5, 2), (False, 6, 1), (True, 0, 2), (True, 1, 1), (True, 6, 0)]
)
def test_gaps_at_least_as_long(since_last, least, count):
    """Gaps of 2, 10 and 5 days; the last order 5 days before the cutoff."""
    out = np.empty(1)
    kernels.count_long_gaps(ints(0, 2, 12, 17), ints(0), ints(4), ints(22), since_last, least, out)
    assert out[0] == count


def decayed(days, values, cutoffs, half_life=10.0) -> list[float]:
    out, high = np.empty(len(cutoffs)), ints(*(sum(day < cutoff for day in days) for cutoff in cutoffs))
    amounts = np.array(values, dtype=np.int64)
    weights = 0.5 ** (np.arange(40) / half_life)
    asked = (one_customer(len(cutoffs)), ints(*cutoffs))
    kernels.decayed(one_customer(len(days)), ints(*days), amounts, *asked, high, weights, out)
    return out.tolist()


def test_value_is_halved_for_every_half_life_of_age():
    assert decayed([0], [8], [10, 20, 30]) == pytest.approx([4, 2, 1])


def test_decayed_values_add_up():
    assert decayed([0, 10], [8, 8], [20]) == pytest.approx([2 + 4])


def test_nothing_decays_to_nothing():
    assert decayed([5], [8], [1, 5]) == [0, 0]


def test_decayed_value_does_not_depend_on_earlier_cutoffs():
    assert decayed([0, 3, 9], [1, 2, 3], [1, 4, 17])[-1] == decayed([0, 3, 9], [1, 2, 3], [17])[0]


# periods


@pytest.mark.parametrize(
    ("days", "filled", "longest_empty"),
    [
        ([], 0, 4),
        ([99], 1, 3),  # the youngest day of period 0
        ([90], 1, 3),  # the oldest day of period 0
        ([89], 1, 2),  # the youngest day of period 1: runs of 1 and 2
        ([99, 90], 1, 3),
        ([60], 1, 3),  # the oldest day of the oldest period
        ([60, 99], 2, 2),
        ([65, 75, 85, 95], 4, 0),
    ],
)
def test_periods_of_ten_days_before_day_100(days, filled, longest_empty):
    assert periods(days, first_ever=False) == [filled, longest_empty]


def periods(days, first_ever, stop=0, number=4) -> list[float]:
    """Of `number` periods of 10 days, how many are filled and the longest empty run, `stop` days before day 100."""
    out, rows = np.empty((2, 1)), len(days)
    offsets = np.array([0 if first_ever else -1, rows])
    asked = (one_customer(1), ints(100), ints(0), ints(rows))
    kernels_of_periods.periods(offsets, ints(*sorted(days)), *asked, stop, 10, number, out)
    return out[:, 0].tolist()


def test_periods_before_the_first_event_ever_are_no_empty_run():
    assert periods([75, 95], first_ever=True) == [2, 1]


def test_periods_that_end_before_the_cutoff_start_counting_there():
    assert periods([89], first_ever=False, stop=10, number=2) == [1, 1]
