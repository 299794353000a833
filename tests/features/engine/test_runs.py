"""For which cutoffs a row counts, and what is carried from one cutoff to the next, against the plain definitions."""

import numpy as np
import pytest
from histories import busy_supplier, to_store
from hypothesis import given
from hypothesis import strategies as st

import features.engine.kernels_of_steadiness as subject
from features.engine.asked import Asked
from features.engine.kernels import boundaries
from features.engine.kernels_of_keys import number_each
from features.engine.kernels_of_staples import staple_spend
from features.engine.kernels_of_steadiness import MOST_CUTOFFS, no_sets, periods_of, steady_spend
from features.engine.market import purchased
from features.engine.market import steady_spend as steady_spend_of
from features.engine.runs import run_of, runs

CUTOFFS = st.lists(st.integers(90, 400), min_size=1, max_size=5, unique=True).map(sorted)
SPANS = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda pair: (max(pair), min(pair)))
DAYS = st.tuples(st.integers(-50, 500), st.sampled_from([0, 0, 1, 40, 1000]))


@given(CUTOFFS, SPANS, st.lists(DAYS, max_size=8))
def test_a_row_counts_for_the_cutoffs_that_know_it_and_whose_window_holds_it(cutoffs, span, rows):
    day = np.array([day for day, _ in rows], dtype=np.int32)
    first, bounds = runs(np.array(cutoffs, dtype=np.int32), span, day)
    for happened, late in rows:
        begin, end = run_of(first, bounds, np.int32(happened), np.int32(happened + late))
        held = [T - span[0] <= happened < T - span[1] and happened + late < T for T in cutoffs]
        assert list(range(int(begin), int(end))) == np.flatnonzero(held).tolist()


LINES = st.lists(st.tuples(DAYS, st.integers(-1, 3), st.integers(1, 9)), max_size=25)


@given(st.lists(LINES, min_size=1, max_size=3), CUTOFFS, SPANS)
def test_steady_spend_is_on_keys_of_every_period_that_holds_a_line(customers, cutoffs, span):
    length = 30
    customers = [sorted(lines, key=lambda line: line[0][0]) for lines in customers]
    offsets = np.cumsum([0, *map(len, customers)])
    lines = [line for lines in customers for line in lines]
    rows = np.array([(*when, key, cents) for when, key, cents in lines], dtype=np.int64)
    day, late, key, cents = rows.reshape(-1, 4).T
    out = np.empty((2, len(customers), len(cutoffs)))
    first, held, knows = periods_of(tuple(cutoffs), span, length)
    other = np.where(key < 0, key, 3 - key)  # a second column, which tells the same lines apart
    given_lines = (offsets, day, day + late, first, held, knows, np.stack([key, other]), cents)
    steady_spend(*given_lines, *no_sets(2, 4, held), np.empty(len(cutoffs), dtype=np.int64), out)
    expected = [[plain_steady_spend(lines, T, length, span) for T in cutoffs] for lines in customers]
    assert out.tolist() == [expected, expected]


def plain_steady_spend(lines, cutoff, length, span):
    there = [
        ((cutoff - 1 - day) // length, key, cents)
        for (day, late), key, cents in lines
        if cutoff - span[0] <= day < cutoff - span[1] and day + late < cutoff
    ]
    every = {period for period, _, _ in there}
    steady = {key for _, key, _ in there if key >= 0 and {period for period, own, _ in there if own == key} == every}
    return sum(cents for _, key, cents in there if key in steady)


@given(st.lists(LINES, min_size=1, max_size=3), CUTOFFS, SPANS, st.sampled_from([(2, 3, 4), (1, 2, 1), (1, 1, 2)]))
def test_staple_spend_is_on_keys_of_most_days_with_a_line(customers, cutoffs, span, rule):
    customers = [sorted(lines, key=lambda line: line[0][0]) for lines in customers]
    offsets = np.cumsum([0, *map(len, customers)])
    rows = np.array([(*when, key, cents) for lines in customers for when, key, cents in lines], dtype=np.int64)
    day, late, key, cents = rows.reshape(-1, 4).T
    shape, own = (len(customers), len(cutoffs)), np.empty(len(key), dtype=np.int32)
    out, low, high = np.empty(shape), *np.empty((2, *shape), dtype=np.int64)
    asked = Asked.everything(len(customers), np.array(cutoffs))
    for ago, edge in zip(span, (low, high), strict=True):
        boundaries(offsets, day, asked.starts, asked.cutoff, ago, edge.reshape(-1))
    number_each(offsets, key, np.zeros((2, 4), dtype=np.int32), own)
    scratch = (*np.zeros((3, 4), dtype=np.int64), np.empty(len(key), dtype=np.int8))
    staple_spend(offsets, low, high, day, day + late, np.array(cutoffs), rule, own, cents, *scratch, out)
    expected = [[plain_staple_spend(lines, T, span, rule) for T in cutoffs] for lines in customers]
    np.testing.assert_array_equal(out, expected)


def plain_staple_spend(lines, cutoff, span, rule):
    there = [
        (day, key, cents)
        for (day, late), key, cents in lines
        if cutoff - span[0] <= day < cutoff - span[1] and day + late < cutoff
    ]
    part, whole, fewest = rule
    days = {day for day, _, _ in there}
    if len(days) < fewest:
        return np.nan
    on = {key: {day for day, own, _ in there if own == key} for _, key, _ in there}
    return sum(cents for _, key, cents in there if key >= 0 and whole * len(on[key]) >= part * len(days))


@given(st.lists(LINES, min_size=1, max_size=4))
def test_keys_are_numbered_for_each_customer_from_zero(customers):
    key = np.array([key for lines in customers for _, key, _ in lines], dtype=np.int32)
    offsets, own = np.cumsum([0, *map(len, customers)]), np.empty(key.size, dtype=np.int32)
    number_each(offsets, key, np.zeros((2, 4), dtype=np.int32), own)
    for lines, begin in zip(customers, offsets, strict=False):
        keys = [key for _, key, _ in lines]
        order = [*dict.fromkeys(key for key in keys if key >= 0)]
        expected = [order.index(key) if key >= 0 else -1 for key in keys]
        assert own[begin : begin + len(lines)].tolist() == expected


def test_steady_spend_does_not_depend_on_how_many_cutoffs_a_word_holds(monkeypatch):
    store = to_store(busy_supplier())
    lines, cutoffs = purchased(store), np.arange(int(store.day.min()) + 100, store.end, 31, dtype=np.int32)
    once = steady_spend_of(lines, ["product"], cutoffs, (364, 0), 91)
    monkeypatch.setattr(subject, "MOST_CUTOFFS", 2)
    assert once.any() and np.array_equal(steady_spend_of(lines, ["product"], cutoffs, (364, 0), 91), once)


def test_more_cutoffs_than_a_word_has_bits_are_refused():
    with pytest.raises(AssertionError, match="a bit for each cutoff"):
        periods_of(tuple(range(MOST_CUTOFFS + 1)), (30, 0), 30)
