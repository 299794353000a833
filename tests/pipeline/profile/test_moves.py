"""Whether ids changed for many customers at once is told, and nothing else is taken for it."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from suppliers import as_order_days, configured, dated

from features.engine.store import LineStore
from pipeline.profile.moves import AROUND, CHANCE, WATCHED, WINDOW, moves
from pipeline.profile.profile import profile
from pipeline.sources.history import read_history
from pipeline.training.train import _warnings

BARE = '[history.order_lines.columns]\ncustomer_id = "Customer"\nordered_on = "Date"\n'
LENGTH, MOVED = 1200, 600
Rows = list[tuple[str, int]]


def trade(customers: int = 200) -> Rows:
    """A trade of four years: everybody orders every fortnight, one comes every 20 days and stays for 300."""
    steady = [(f"C{number}", day) for number in range(customers) for day in range(number % 14, LENGTH, 14)]
    passing = [(f"P{come}", day) for come in range(0, LENGTH, 20) for day in range(come, min(come + 300, LENGTH), 10)]
    return steady + passing


def renamed(share: float, at: int = MOVED) -> Rows:
    """The same trade; a share of the customers orders under another id from a day on."""
    stay = int(200 * (1 - share))
    return [("N" + who if day >= at and who in _first(stay) else who, day) for who, day in trade()]


def _first(number: int) -> set[str]:
    return {f"C{which}" for which in range(number, 200)}


def come(rows: Rows) -> Rows:
    """Many come on one day, and nobody leaves."""
    return rows + [(f"B{number}", day) for number in range(100) for day in range(MOVED + number % 14, LENGTH, 14)]


def leave(rows: Rows) -> Rows:
    """Many leave on one day, and nobody comes."""
    return [(who, day) for who, day in rows if day < MOVED or who not in _first(100)]


def season(rows: Rows) -> Rows:
    """Another hundred come in each of three autumns, and are gone two months later."""
    return rows + [
        (f"S{year}{number}", year * 365 + 280 + number % 10 + visit * 10)
        for year in range(3)
        for number in range(100)
        for visit in range(6)
    ]


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
def test_ids_that_change_at_once_are_told_with_the_day(share: float) -> None:
    (found,) = moves(as_order_days(renamed(share)))
    assert abs(found.day - MOVED) <= 3
    assert found.began >= 200 * share and found.ended >= 200 * share


OTHERWISE: list[Callable[[Rows], Rows]] = [lambda rows: rows, come, leave, season]


@pytest.mark.parametrize("change", OTHERWISE)
def test_nothing_else_is_taken_for_it(change: Callable[[Rows], Rows]) -> None:
    assert not [*moves(as_order_days(change(trade())))]


@pytest.mark.parametrize("at", [60, LENGTH - 40])
def test_a_change_too_near_an_end_of_the_history_is_not_told(at: int) -> None:
    """At the beginning everybody is new, and at the end whoever pauses has ordered for the last time."""
    assert not [*moves(as_order_days(renamed(0.5, at)))]


@pytest.mark.parametrize("rows", [[], [("C1", 5)], [("C1", day) for day in range(200)]])
def test_too_short_a_history_says_nothing(rows: Rows) -> None:
    assert not [*moves(as_order_days(rows))]


def test_counting_one_by_one_finds_the_same() -> None:
    """By a second way: each day of the history on its own."""
    rows = renamed(0.3)
    ends: dict[str, list[int]] = {}
    for who, day in rows:
        ends.setdefault(who, [day, day])
        ends[who] = [min(ends[who][0], day), max(ends[who][1], day)]
    first, last = [low for low, _ in ends.values()], [high for _, high in ends.values()]
    (found,) = moves(as_order_days(rows))
    days = range(AROUND + 2 * WINDOW, LENGTH - WATCHED - AROUND)
    assert (found.ended, found.began) == max((seen(last, first, day) for day in days), key=lambda each: each[0])[1]


def seen(last: list[int], first: list[int], day: int) -> tuple[float, tuple[int, int]]:
    """How many times the usual ended before `day` and began after it, the smaller of both, and the two numbers."""
    ended = [within(last, begins) for begins in range(day - AROUND - 2 * WINDOW, day + AROUND)]
    began = [within(first, begins) for begins in range(day - AROUND - WINDOW, day - WINDOW)]
    now = within(last, day - WINDOW), within(first, day)
    usual = max(median(ended[:AROUND]), median(ended[-AROUND:])), median(began)
    return min(count / (often + CHANCE) for count, often in zip(now, usual, strict=True)), now


def within(days: list[int], begins: int) -> int:
    """How many days lie in the window that begins then."""
    return sum(begins <= day < begins + WINDOW for day in days)


def test_the_profile_and_the_training_tell_it(tmp_path: Path) -> None:
    config = configured(tmp_path, dated(renamed(0.5)), 'duplicates = "keep"', BARE)
    told = [each for each in profile(config).warnings if "many ids change" in each]
    assert len(told) == 1 and "list old and new ids in [history.customer_ids]" in told[0]
    history = read_history(config).history
    assert told[0] in _warnings(history, LineStore.from_history(history), config)
