"""What everybody bought, moved from one cutoff and its rows to the next, against counting all rows again."""

from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
from customers import Line
from histories import ANYBODY, EVERYTHING, busy_supplier, day, situations, to_history
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from features.catalogue import FEATURES
from features.engine import everybody
from features.engine.everybody import Market, market_at, with_market
from features.engine.expression import leaves
from features.engine.market_sums import MarketAt, MarketSums, counted
from features.engine.merging import MergedStore, NamedStore
from features.engine.plan import build
from features.engine.store import day_number
from features.engine.view import HistoryView

LEAVES = set().union(*(feature.inputs for feature in FEATURES), leaves(HistoryView().purchases.rare_spend(365, 0.3)))
HORIZON = 90


def named(lines, has=EVERYTHING) -> NamedStore:
    return NamedStore.of(to_history(lines, has))


def at(days: int) -> MarketAt:
    return market_at(day(days), LEAVES, HORIZON)


def assert_same_sums(one: MarketSums, other: MarketSums) -> None:
    assert (one.cutoff, one.spans) == (other.cutoff, other.spans)
    for name in ("counts", "active", "launched"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def assert_same_market(one: Market, other: Market) -> None:
    """To the last bit."""
    assert one.cutoffs.tolist() == other.cutoffs.tolist() and one.windows.keys() == other.windows.keys()
    assert one.launched.tobytes() == other.launched.tobytes() and one.latest.tolist() == other.latest.tolist()
    for span, there in other.windows.items():
        assert one.windows[span].prices.tobytes() == there.prices.tobytes()
        assert one.windows[span].few.keys() == there.few.keys()
        assert all(one.windows[span].few[few].tobytes() == marks.tobytes() for few, marks in there.few.items())


def market(store, cutoff: int, sums: MarketSums | None = None) -> Market:
    """The market of a store, or the one that sums tell of it."""
    asked = store if sums is None else replace(MergedStore.of(store, store), sums=sums)
    found = with_market(asked, np.array([cutoff], dtype=np.int32), LEAVES, HORIZON).market
    assert isinstance(found, Market)
    return found


@st.composite
def nights(draw, most_lines=30):
    """A history in deliveries, some without rows, each with a cutoff, that may be any: on an edge, again, or before."""
    asked = draw(situations(most_lines=most_lines))
    ends = sorted(draw(st.lists(st.integers(0, len(asked.lines)), min_size=1, max_size=5)))
    ends = [1, *(max(end, 1) for end in ends), len(asked.lines)]
    begins = [0, *ends[:-1]]
    cutoffs = st.sampled_from([day_number(cutoff) + nudge for cutoff in asked.cutoffs for nudge in (-1, 0, 1, 2)])
    whens = draw(st.lists(cutoffs, min_size=len(ends), max_size=len(ends)))
    has = asked.has & EVERYTHING
    return has, [
        (asked.lines[begin:end], when)
        for begin, end, when in zip(begins, ends, whens if draw(st.booleans()) else sorted(whens), strict=True)
    ]


@given(nights())
@settings(max_examples=150)
def test_sums_moved_night_by_night_are_those_of_all_rows(asked):
    has, moves = asked
    assume("product_id" in has)
    sums, there = None, []
    for lines, cutoff in moves:
        later = [named(lines, has)] if lines else []
        sums = counted(sums, there, later, MarketAt(cutoff, at(0).spans))
        there = [*there, *later]
        assert_same_sums(sums, counted(None, (), there, MarketAt(cutoff, at(0).spans)))
        if {"net_amount", "quantity"} <= has:
            whole = reduce(NamedStore.merged, there).store
            assert_same_market(market(whole, cutoff, sums), market(whole, cutoff))


@given(nights(most_lines=25))
@settings(max_examples=30)
def test_matrix_by_sums_of_the_night_before_is_the_same_bytes(asked):
    has, moves = asked
    assume(any(lines for lines, _ in moves[1:]))
    sums, there = None, []
    for lines, cutoff in moves:
        later = [named(lines, has)] if lines else []
        sums = counted(sums, there, later, MarketAt(cutoff, at(0).spans))
        there = [*there, *later]
        if len(there) > 1:
            before, *others = there
            store = replace(before.beside(reduce(NamedStore.merged, others)), sums=sums)
            stores, when = (store, reduce(NamedStore.merged, there).store), [day(cutoff - day_number(day(0)))]
            one, other = (build(s, when, FEATURES, horizon_days=HORIZON, population=ANYBODY) for s in stores)
            assert one.values.tobytes() == other.values.tobytes()


def test_sums_of_a_busy_supplier_follow_it_day_by_day():
    lines = sorted(busy_supplier(customers=25, days=700), key=lambda line: line.known_on)
    sums, there = None, []
    for cutoff in range(-200, -160):
        new = [line for line in lines if line.known_on < day(cutoff)]
        lines = lines[len(new) :]
        later = [named(new)] if new else []
        sums = counted(sums, there, later, at(cutoff))
        there = [reduce(NamedStore.merged, [*there, *later])]
        assert_same_market(market(there[0].store, sums.cutoff, sums), market(there[0].store, sums.cutoff))


BOUGHT = [Line("a", "1", day(-9)), Line("b", "2", day(-3))]


def counts(sums: MarketSums, span=(365, 0)) -> list[int]:
    """Buyers, cents and thousandths of the first product."""
    return sums.of(span)[0][0].tolist()


EVENTS = {
    "bought again": ([Line("a", "3", day(0))], 1, [2, 300, 3000]),
    "bought by another": ([Line("c", "3", day(0))], 1, [3, 300, 3000]),
    "not before the cutoff": ([Line("c", "3", day(0))], 0, [2, 200, 2000]),
    "taken back": ([Line("c", "3", day(0), is_return=True, cents=-100, quantity=-1.0)], 1, [2, 200, 2000]),
    "no pieces": ([Line("c", "3", day(0), quantity=0.0)], 1, [3, 200, 2000]),
    "known late": ([Line("c", "3", day(-5), known=day(0))], 1, [3, 300, 3000]),
    "known later than the cutoff": ([Line("c", "3", day(-5), known=day(1))], 1, [2, 200, 2000]),
    "the last day of the first": ([], 365 - 9, [2, 200, 2000]),
    "the first has left": ([], 365 - 8, [1, 100, 1000]),
    "all have left": ([], 400, [0, 0, 0]),
}


@pytest.mark.parametrize("event", EVENTS)
def test_what_a_night_changes(event):
    lines, cutoff, expected = EVENTS[event]
    there = [named(BOUGHT)]
    sums = counted(None, (), there, at(0))
    moved = counted(sums, there, [named(lines)] if lines else [], at(cutoff))
    assert counts(sums) == [2, 200, 2000] and counts(moved) == expected


def test_sums_that_moved_leave_those_before_as_they_were():
    there = [named(BOUGHT)]
    sums = counted(None, (), there, at(0))
    counted(sums, there, [named([Line("c", "3", day(0))])], at(1))
    assert_same_sums(sums, counted(None, (), there, at(0)))


def wrong(sums: MarketSums) -> MarketSums:
    return replace(sums, counts=sums.counts + 1)


@pytest.mark.parametrize("asked", [at(-1), MarketAt(at(1).cutoff, frozenset({(365, 0)}))])
def test_of_an_earlier_cutoff_or_other_windows_all_rows_are_counted_again(asked):
    there = [named(BOUGHT)]
    sums = wrong(counted(None, (), there, at(0)))
    assert_same_sums(counted(sums, there, [], asked), counted(None, (), there, asked))


def test_where_lines_name_no_product_there_are_no_sums():
    assert counted(None, (), [named(BOUGHT, EVERYTHING - {"product_id"})], at(0)) is None


@pytest.mark.parametrize(("cutoffs", "spans"), [([1], None), ([-1, 0], None), ([0], {(365, 0)})])
def test_sums_of_other_cutoffs_or_of_fewer_windows_are_not_read(monkeypatch, cutoffs, spans):
    monkeypatch.setattr(everybody, "_told", lambda *arguments: pytest.fail("read"))
    asked = at(0) if spans is None else MarketAt(at(0).cutoff, frozenset(spans))
    one, other = named(BOUGHT[:1]), named(BOUGHT[1:])
    store = replace(one.beside(other), sums=counted(None, (), [one, other], asked))
    days = np.array([day_number(day(cutoff)) for cutoff in cutoffs], dtype=np.int32)
    found = with_market(store, days, LEAVES, HORIZON).market
    assert found.cutoffs.tolist() == days.tolist()


def test_some_customers_alone_have_no_sums():
    one, other = named(BOUGHT[:1]), named(BOUGHT[1:])
    store = replace(one.beside(other), sums=counted(None, (), [one, other], at(0)))
    assert store.sums is not None and store.slice(0, 1).market is None
