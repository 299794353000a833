"""What customers alike buy: by hand, by plain Python, never what somebody knows already, and never by his own taste."""

from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from models.assortment import alike
from models.assortment.alike import Crowd, Suggested, spread_out

PRODUCTS = 6
Basket = frozenset[int]
BASKETS = st.lists(st.frozensets(st.integers(0, PRODUCTS - 1)), min_size=1, max_size=14)


def bought(baskets: list[Basket]) -> sparse.csr_matrix:
    held = np.array([[product in basket for product in range(PRODUCTS)] for basket in baskets], dtype=np.float64)
    return sparse.csr_matrix(held.reshape(-1, PRODUCTS))


def asked(year: list[Basket], lately: list[Basket], ever: list[Basket], count: int) -> Suggested:
    customer = np.arange(len(year), dtype=np.int64)
    return Crowd.of(customer, bought(year), bought(lately)).suggested(customer, bought(year), bought(ever), count)


def plain(
    year: list[Basket], lately: list[Basket], ever: list[Basket], me: int, neighbours: int, fewest: int
) -> tuple[int, dict[int, tuple[float, int]]]:
    """How many are asked, and by product its score and its buyers, in plain Python."""
    mine = year[me]
    if len(mine) < alike.FEWEST_PRODUCTS:
        return 0, {}
    found = {
        other: round(len(mine & basket) / sqrt(len(mine) * len(basket)), alike.DECIMALS)
        for other, basket in enumerate(year)
        if other != me and mine & basket
    }
    order = sorted(found.values(), reverse=True)
    least = order[neighbours - 1] if len(order) > neighbours else 0.0
    near = {other: weight for other, weight in found.items() if weight >= least}
    buyers = {p: [other for other in near if p in lately[other]] for p in set(range(PRODUCTS)) - ever[me]}
    least_buyers = max(fewest, alike.LEAST_SHARE * len(near))
    return len(near), {
        p: (sum(near[o] for o in who), len(who)) for p, who in buyers.items() if len(who) >= least_buyers
    }


@given(BASKETS, st.data())
def test_suggestions_are_what_plain_python_finds(year: list[Basket], data: st.DataObject) -> None:
    lately = [data.draw(st.frozensets(st.sampled_from(sorted(one)))) if one else frozenset() for one in year]
    ever = [one | data.draw(st.frozensets(st.integers(0, PRODUCTS - 1))) for one in year]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "NEIGHBOURS", 3)
        patch.setattr(alike, "FEWEST_BUYERS", 2)
        found = asked(year, lately, ever, PRODUCTS)
    for me in range(len(year)):
        number, expected = plain(year, lately, ever, me, neighbours=3, fewest=2)
        said = {int(p): int(n) for p, n in zip(found.product[me], found.buyers[me], strict=True) if p >= 0}
        assert (int(found.asked[me]), said) == (number, {p: n for p, (_, n) in expected.items()})
        scores = [expected[int(p)][0] for p in found.product[me] if p >= 0]
        assert all(one >= next_ - 1e-9 for one, next_ in pairwise(scores))


TASTE = frozenset({0, 1, 2})


def test_what_those_alike_buy_is_suggested_and_the_best_comes_first() -> None:
    others = [TASTE | {3}] * 6 + [TASTE | {4}] * 5 + [frozenset({5})] * 30
    found = asked([TASTE, *others], [TASTE, *others], [TASTE, *others], 3)
    assert found.product[0].tolist() == [3, 4, -1]
    assert (found.buyers[0].tolist(), int(found.asked[0])) == ([6, 5, 0], 11)


@pytest.mark.parametrize(
    ("mine", "ever", "buyers"),
    [(TASTE, TASTE | {3}, 6), (frozenset({0, 1}), frozenset({0, 1}), 6), (TASTE, TASTE, 4)],
    ids=["bought once, long ago", "too little to be like anybody", "too few buyers"],
)
def test_nothing_is_suggested(mine: Basket, ever: Basket, buyers: int) -> None:
    others = [TASTE | {3}] * buyers + [TASTE] * 3
    found = asked([mine, *others], [mine, *others], [ever, *others], 3)
    assert found.product[0].tolist() == [-1, -1, -1]


@pytest.mark.parametrize(("others", "suggested"), [(20, [3]), (21, [-1])])
def test_one_in_five_of_those_alike_has_to_have_bought_it(others: int, suggested: list[int]) -> None:
    alike_ones = [TASTE | {3}] * 5 + [TASTE] * others
    everybody = [TASTE, *alike_ones]
    assert asked(everybody, everybody, everybody, 1).product[0].tolist() == suggested


def test_nobody_is_his_own_neighbour() -> None:
    found = asked([TASTE] * 3, [TASTE] * 3, [TASTE] * 3, 1)
    assert found.asked.tolist() == [2, 2, 2]


def test_a_large_crowd_is_thinned_evenly() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alike, "MOST_ASKED", 3)
        assert spread_out(np.arange(10, 21)).tolist() == [10, 15, 20]
        assert spread_out(np.array([4, 7])).tolist() == [4, 7]
