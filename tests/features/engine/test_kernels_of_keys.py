"""The compiled primitives that follow products and categories, on small tables; windows of 10 days, `[T - 10, T)`."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine import kernels_of_keys

NULL = math.nan


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def one_customer(rows: int) -> np.ndarray:
    return np.array([0, rows], dtype=np.int64)


LENGTH = 10


def boundary_map(cutoffs, days=40) -> tuple[np.ndarray, np.ndarray]:
    """By definition: the first cutoff T with T > d, and the first with T - LENGTH > d."""

    def first(day, ago):
        return next((k for k, cutoff in enumerate(cutoffs) if cutoff - ago > day), len(cutoffs))

    enters, leaves = ([[first(day, ago)] for day in range(days)] for ago in (0, LENGTH))
    return np.array(enters, dtype=np.int32), np.array(leaves, dtype=np.int32)


def distinct(days, keys, cutoffs, chosen=None) -> list[float]:
    out = np.empty((1, len(cutoffs)))
    picked = np.array([True] * len(days) if chosen is None else chosen)
    seen = np.zeros((2, 10), dtype=np.int32)
    arrays = (one_customer(len(days)), ints(*days), ints(*keys), picked, 0, *boundary_map(cutoffs))
    kernels_of_keys.distinct(*arrays, *seen, *every(cutoffs), steps(cutoffs), out)
    return out[0].tolist()


def every(cutoffs) -> tuple[np.ndarray, np.ndarray]:
    """One customer, asked for at every cutoff."""
    return one_customer(len(cutoffs)), np.arange(len(cutoffs), dtype=np.int32)


def steps(cutoffs, *outputs: int) -> np.ndarray:
    return np.zeros((*outputs, 1, len(cutoffs) + 1), dtype=np.int64)


@pytest.mark.parametrize(
    ("cutoff", "count"), [(5, 0), (6, 1), (15, 1), (16, 0)], ids=["on the day", "after", "oldest", "gone"]
)
def test_key_counts_while_the_window_holds_its_day(cutoff, count):
    assert distinct([5], [0], [cutoff]) == [count]


@pytest.mark.parametrize(
    ("days", "keys", "count"), [([5, 5], [0, 0], 1), ([5, 8], [0, 0], 1), ([5, 8], [0, 1], 2), ([1, 8], [0, 0], 1)]
)
def test_key_counts_once(days, keys, count):
    assert distinct(days, keys, [12]) == [count]


def test_key_bought_again_stays_in_the_window_of_later_cutoffs():
    assert distinct([5, 12], [0, 0], [6, 14, 18, 22, 23]) == [1, 1, 1, 1, 0]


def test_lines_not_chosen_are_not_counted():
    assert distinct([5, 6], [0, 1], [12], chosen=[True, False]) == [1]


days_and_keys = st.lists(st.tuples(st.integers(0, 39), st.integers(0, 3)), max_size=15).map(sorted)
some_cutoffs = st.lists(st.integers(0, 60), min_size=1, max_size=6, unique=True).map(sorted)


@given(days_and_keys, some_cutoffs)
def test_distinct_equals_a_set_per_window(lines, cutoffs):
    expected = [len({key for day, key in lines if cutoff - LENGTH <= day < cutoff}) for cutoff in cutoffs]
    assert distinct([day for day, _ in lines], [key for _, key in lines], cutoffs) == expected


def test_distinct_of_one_customer_does_not_see_the_one_before():
    out, seen = np.empty((1, 2)), np.zeros((2, 10), dtype=np.int32)
    arrays = (np.array([0, 1, 2]), ints(5, 5), ints(3, 3), np.ones(2, dtype=bool), 0, *boundary_map([6]))
    kernels_of_keys.distinct(*arrays, *seen, np.array([0, 1, 2]), ints(0, 0), steps([6]), out)
    assert out[0].tolist() == [1, 1]


def test_what_is_not_asked_for_is_left_out_and_changes_nothing_else():
    cutoffs, seen = [6, 14, 18, 22, 23], np.zeros((2, 10), dtype=np.int32)
    lines = (np.array([0, 2, 3, 5]), ints(5, 12, 5, 5, 12), ints(0, 0, 1, 0, 0), np.ones(5, dtype=bool), 0)
    out, asked = np.empty((1, 5)), (np.array([0, 2, 2, 5]), ints(1, 4, 0, 2, 3))
    kernels_of_keys.distinct(*lines, *boundary_map(cutoffs), *seen, *asked, steps(cutoffs), out)
    assert out[0].tolist() == [1, 0, 1, 1, 1]


def first_times(days, keys, cutoffs, values=None) -> list[list[float]]:
    """New keys, those repeated, spend on them."""
    out, memory = np.empty((3, 1, len(cutoffs))), np.zeros((3, 10), dtype=np.int32)
    amounts, chosen = np.array(values or [1] * len(days), dtype=np.int64), np.ones(len(days), dtype=bool)
    arrays = (one_customer(len(days)), ints(*days), ints(*keys), amounts, chosen, 0, *boundary_map(cutoffs))
    kernels_of_keys.first_times(*arrays, memory, *every(cutoffs), steps(cutoffs, 3), out)
    return out[:, 0].tolist()


@pytest.mark.parametrize(
    ("days", "new", "repeated", "spend"),
    [
        ([], 0, 0, 0),
        ([15], 1, 0, 1),
        ([15, 15], 1, 0, 2),  # twice on one day is no repeat
        ([15, 16], 1, 1, 2),
        ([15, 16, 17], 1, 1, 3),  # a third purchase is no second repeat
        ([5, 15], 0, 0, 0),  # known before the window: nothing about it is new
        ([9, 15], 0, 0, 0),
        ([10, 15], 1, 1, 2),  # the oldest day of the window
        ([15, 20], 1, 0, 1),  # the day of the cutoff
    ],
)
def test_first_purchases_at_day_20(days, new, repeated, spend):
    assert first_times(days, [0] * len(days), [20]) == [[new], [repeated], [spend]]


@given(days_and_keys, some_cutoffs)
def test_first_times_equal_sets_per_window(lines, cutoffs):
    found = first_times([day for day, _ in lines], [key for _, key in lines], cutoffs)
    for position, cutoff in enumerate(cutoffs):
        inside = [(day, key) for day, key in lines if cutoff - LENGTH <= day < cutoff]
        before = {key for day, key in lines if day < cutoff - LENGTH}
        new = {key for _, key in inside} - before
        repeated = {key for key in new if len({day for day, k in inside if k == key}) > 1}
        spend = sum(key in new for _, key in inside)
        assert [column[position] for column in found] == [len(new), len(repeated), spend]


# concentration


def concentration(values, keys) -> dict[str, float]:
    out = np.empty((3, 1))
    slide(values, keys, [(0, len(values))], out)
    return {name: out[position, 0] for name, position in kernels_of_keys.CONCENTRATIONS.items()}


def slide(values, keys, windows, out) -> None:
    """The concentration of each window `[low, high)` of one customer's lines."""
    scratch = (np.zeros((2, 10), dtype=np.int32), np.empty(max(1, len(values)), dtype=np.int64))
    low, high = (ints(*ends) for ends in zip(*windows, strict=True))
    amounts, chosen = np.array(values, dtype=np.int64), np.ones(len(values), dtype=bool)
    arrays = (one_customer(len(values)), ints(*keys), amounts, chosen, one_customer(len(windows)), low, high)
    kernels_of_keys.concentration(*arrays, *scratch, out)


@pytest.mark.parametrize(
    ("values", "keys", "herfindahl", "entropy", "largest"),
    [
        ([], [], NULL, NULL, NULL),
        ([7], [0], 1, 0, 1),
        ([3, 4], [0, 0], 1, 0, 1),
        ([5, 5], [0, 1], 0.5, math.log(2), 0.5),
        ([1, 1, 2], [0, 1, 1], 0.25**2 + 0.75**2, -0.25 * math.log(0.25) - 0.75 * math.log(0.75), 0.75),
    ],
)
def test_concentration_of_spend(values, keys, herfindahl, entropy, largest):
    assert list(concentration(values, keys).values()) == pytest.approx([herfindahl, entropy, largest], nan_ok=True)


def test_concentration_of_huge_amounts_is_finite():
    assert concentration([4 * 10**15] * 3, [0, 1, 2])["herfindahl"] == pytest.approx(1 / 3)


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 5)), max_size=12),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=6),
)
def test_concentration_of_sliding_windows_equals_shares_of_each_to_the_last_bit(lines, cutoffs):
    values, keys = (list(part) for part in (zip(*lines, strict=True) if lines else ((), ())))
    ends = sorted(min(end, len(lines)) for end, _ in cutoffs)
    starts = sorted(min(start, end) for (_, start), end in zip(cutoffs, ends, strict=True))
    out = np.full((3, len(ends)), -1.0)
    slide(values, keys, list(zip(starts, ends, strict=True)), out)
    for k, (low, high) in enumerate(zip(starts, ends, strict=True)):
        alone = np.full((3, 1), -1.0)
        slide(values, keys, [(low, high)], alone)
        np.testing.assert_array_equal(out[:, k], alone[:, 0])
        if low < high:
            spent = np.bincount(keys[low:high], weights=values[low:high])
            shares = spent[spent > 0] / spent.sum()
            expected = [(shares**2).sum(), -(shares * np.log(shares)).sum(), shares.max()]
            np.testing.assert_allclose(out[:, k], expected, atol=1e-12)
