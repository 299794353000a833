"""The compiled primitive that follows prices, on small tables; the window is the 10 days before day 20."""

import numpy as np
import pytest

from features.engine.kernels_of_prices import CHANGES, price_changes
from features.engine.runs import runs

SPAN, BY = (10, 0), 0.05


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def scratch(rows: int, cutoffs: int, keys: int = 3) -> tuple[np.ndarray, ...]:
    sums, steps = np.empty((2, rows), np.int64), np.zeros((3, cutoffs + 1), np.int64)
    return np.empty((2, keys), np.int32), np.empty(rows, np.int32), sums, steps


def changes(lines, cutoffs=(20,), known=None) -> list[list[float]]:
    """Met, answered and contrary by cutoff, of lines of one customer: day, key, cents and pieces each."""
    day, key, cents, pieces = (np.array(column) for column in zip(*lines, strict=True))
    when = runs(ints(*cutoffs), SPAN, day)
    out = np.empty((len(CHANGES), 1, len(cutoffs)))
    offsets = np.array([0, day.size])
    rows = (offsets, day, day if known is None else known, ints(*cutoffs), *when)
    price_changes(*rows, key, cents, pieces, BY, *scratch(day.size, len(cutoffs)), out)
    return out[:, 0].T.tolist()


@pytest.mark.parametrize(
    ("later", "met", "answered", "contrary"),
    [
        ((95, 1), 1, 0, 0),  # cheaper by a twentieth, as many pieces
        ((190, 2), 1, 1, 0),  # cheaper, more
        ((48, 1), 1, 0, 0),
        ((96, 1), 0, 0, 0),  # hardly cheaper
        ((106, 1), 1, 0, 0),
        ((105, 1), 0, 0, 0),  # 100 is more than 95 % of it
        ((320, 2), 1, 0, 1),  # dearer, more
        ((200, 2), 0, 0, 0),  # more of it at the same price
    ],
)
def test_a_price_beside_that_of_the_time_before(later, met, answered, contrary):
    assert changes([(12, 0, 100, 1), (15, 0, *later)]) == [[met, answered, contrary]]


def test_fewer_pieces_answer_a_rise_and_contradict_a_fall():
    assert changes([(12, 0, 400, 2), (15, 0, 300, 1)]) == [[1, 1, 0]]
    assert changes([(12, 0, 400, 2), (15, 0, 100, 1)]) == [[1, 0, 1]]


@pytest.mark.parametrize(
    ("lines", "met"),
    [
        ([(12, 0, 100, 1), (15, 1, 50, 1)], 0),  # another product
        ([(12, 0, 100, 1), (13, 1, 50, 1), (15, 0, 50, 1)], 1),  # another one between
        ([(12, 0, 100, 1), (12, 0, 50, 1)], 0),  # one day has one price
        ([(12, 0, 100, 1), (15, 0, 50, 1), (15, 0, 150, 1)], 0),  # the mean of its lines
        ([(12, 0, 100, 1), (13, 0, 50, 0), (15, 0, 100, 1)], 0),  # without pieces there is no price
        ([(12, -1, 100, 1), (15, -1, 50, 1)], 0),  # no key
        ([(12, 0, 100, 1), (13, 0, 50, 1), (14, 0, 100, 1)], 2),
    ],
)
def test_what_is_compared(lines, met):
    assert changes(lines)[0][0] == met


@pytest.mark.parametrize(("first", "last", "met"), [(10, 19, 1), (9, 19, 0), (10, 20, 0)])
def test_both_days_lie_in_the_window(first, last, met):
    assert changes([(first, 0, 100, 1), (last, 0, 50, 1)])[0][0] == met


def test_a_change_counts_from_its_later_day_until_its_earlier_one_has_left():
    assert [each[0] for each in changes([(10, 0, 100, 1), (15, 0, 50, 1)], (15, 16, 20, 21))] == [0, 1, 1, 0]


def test_a_line_known_late_is_left_out_until_it_is_known():
    lines = [(12, 0, 100, 1), (13, 0, 50, 1), (14, 0, 100, 1)]
    known = np.array([12, 18, 14])
    assert [each[0] for each in changes(lines, (17, 18, 19), known)] == [0, 0, 2]


def test_a_day_before_1970_is_a_day_like_any_other():
    assert changes([(-1, 0, 100, 1), (1, 0, 50, 1)], (5,))[0] == [1, 0, 0]


def test_customers_do_not_share_a_price():
    offsets, day, key = np.array([0, 1, 2]), ints(12, 15), ints(0, 0)
    out = np.empty((3, 2, 1))
    given = (key, np.array([100, 50]), np.array([1, 1]), BY, *scratch(1, 1), out)
    price_changes(offsets, day, day, ints(20), *runs(ints(20), SPAN, day), *given)
    assert out.sum() == 0
