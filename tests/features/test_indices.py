"""An index says where a customer stands among its peers: from its named parts, by what is known of them."""

import numpy as np
import pytest

from features.catalogue import FAMILY_OF
from features.indices import INDICES, Index, index_values
from features.peers import PeerGroups

SIZE = Index("size", "how large", {"large": 1, "small": -1})


def test_an_index_ranks_the_mean_of_its_parts_and_counts_those_known():
    large, small = [1.0, 2.0, 3.0, np.nan], [3.0, 2.0, np.nan, np.nan]
    values = np.array([large, small], dtype=np.float32).T
    value, coverage = index_values(SIZE, values, ("large", "small"), PeerGroups.of(None, None, 4))
    assert value[:3].tolist() == pytest.approx([100 / 6, 50, 500 / 6])  # worst on both, middle, best on what is known
    assert np.isnan(value[3])
    assert coverage.tolist() == [1, 1, 0.5, 0]


RATED = Index("rated", "how well", {"share": 1, "visits": 1}, rates=frozenset({"share"}))


def test_a_rate_counts_the_less_the_fewer_orders_it_is_of():
    """By hand: shares of no, five and a hundred orders weigh 0, 1/2 and 20/21 beside visits."""
    values = np.array([[0.9, 1, 0], [0.5, 2, 5], [0.1, 3, 100]], dtype=np.float32)
    peers = PeerGroups.of(None, None, 3)
    share, visits = np.array([5, 3, 1]) / 6, np.array([1, 3, 5]) / 6
    weight = np.array([0, 1 / 2, 20 / 21])
    mean = (weight * share + visits) / (1 + weight)
    value, coverage = index_values(RATED, values, ("share", "visits", "orders_365d"), peers)
    assert value.tolist() == pytest.approx((100 * peers.percentile(mean)).tolist())
    assert value.tolist() != index_values(RATED, values, ("share", "visits", "orders_180d"), peers)[0].tolist()
    assert coverage.tolist() == [1, 1, 1]


def test_a_rate_of_no_orders_alone_is_unknown():
    value, _ = index_values(
        RATED, np.array([[0.9, 0]], dtype=np.float32), ("share", "orders_365d"), PeerGroups.of(None, None, 1)
    )
    assert np.isnan(value).all()


@pytest.mark.parametrize("index", INDICES, ids=lambda index: index.name)
def test_the_rates_of_an_index_are_parts_of_it(index):
    assert index.rates <= set(index.parts)


def test_a_part_that_was_not_built_is_unknown_for_everybody():
    value, coverage = index_values(SIZE, np.ones((3, 1), dtype=np.float32), ("large",), PeerGroups.of(None, None, 3))
    assert value.tolist() == [50, 50, 50] and coverage.tolist() == [0.5] * 3


def test_nothing_known_is_null_never_the_middle():
    value, coverage = index_values(SIZE, np.ones((2, 0), dtype=np.float32), (), PeerGroups.of(None, None, 2))
    assert np.isnan(value).all() and coverage.tolist() == [0, 0]


@pytest.mark.parametrize("index", INDICES, ids=lambda index: index.name)
def test_the_parts_of_an_index_are_features_and_strength_stays_apart(index):
    assert set(index.parts) <= set(FAMILY_OF)
    assert index.name == "strength_index" or "strength" not in {FAMILY_OF[name] for name in index.parts}
    assert all(index.parts.values()), "a weight of nothing is no part"


def test_there_are_seven_indices_and_none_shares_a_part_with_another():
    parts = [part for index in INDICES for part in index.parts]
    assert len(INDICES) == 7 and len(set(parts)) == len(parts)
