"""Peers are of the same industry and region while there are enough."""

import statistics

import numpy as np
import pytest

from features.peers import LEVELS, PeerGroups


def groups(industry: list[float], region: list[float]) -> PeerGroups:
    return PeerGroups.of(np.array(industry), np.array(region), len(industry))


@pytest.mark.parametrize(
    ("members", "level"), [(30, "industry and region"), (29, "region")], ids=["just enough", "one too few"]
)
def test_a_group_of_thirty_is_enough(members, level):
    industry = [1.0] * members + [2.0] * 40
    assert groups(industry, [5.0] * len(industry)).names[0] == level


def test_a_small_region_falls_back_to_everybody():
    assert groups([1.0] * 50, [1.0] * 10 + [2.0] * 40).names == [LEVELS[2]] * 10 + [LEVELS[0]] * 40


def test_an_unknown_industry_falls_back_to_the_region_and_an_unknown_region_to_everybody():
    found = groups([np.nan, 1.0] + [1.0] * 40, [3.0, np.nan] + [3.0] * 40).names
    assert found[:3] == ["region", "everybody", "industry and region"]


@pytest.mark.parametrize(("kept", "level"), [("industry", "industry and region"), ("region", "region")])
def test_an_attribute_nobody_keeps_tells_nobody_apart(kept, level):
    codes = np.array([0.0] * 30 + [1.0] * 30)
    peers = PeerGroups.of(codes if kept == "industry" else None, codes if kept == "region" else None, 60)
    assert peers.names == [level] * 60
    assert peers.percentile(np.arange(60.0))[[0, 29, 30, 59]].tolist() == pytest.approx([1 / 60, 59 / 60] * 2)


def test_without_attributes_everybody_is_a_peer():
    peers = PeerGroups.of(None, None, 40)
    assert peers.names == ["everybody"] * 40
    assert peers.percentile(np.arange(40.0))[-1] == pytest.approx(39.5 / 40)


def test_those_of_a_small_group_are_ranked_among_the_whole_region():
    peers = groups([1.0] * 35 + [2.0] * 5, [1.0] * 40)
    place = peers.percentile(np.arange(40.0))
    assert place[:35] == pytest.approx((np.arange(35) + 0.5) / 35)
    assert place[35:] == pytest.approx((np.arange(35, 40) + 0.5) / 40)


def plain_median(peers, column, row):
    """The median of the customer's peers in plain Python: those of its group at the level that holds for it."""
    group = peers.groups[peers.level[row]]
    known = [value for value, member in zip(column, group, strict=True) if member == group[row] and value == value]
    return statistics.median(known) if known else None


@pytest.mark.parametrize("kept", ["both", "region", "none"])
def test_what_is_usual_is_the_median_of_the_own_group(kept):
    random = np.random.default_rng(4)
    industry, region = random.integers(0, 4, 300).astype(float), random.integers(0, 3, 300).astype(float)
    industry[random.random(300) < 0.1], region[region == 2] = (
        np.nan,
        np.where(random.random((region == 2).sum()) < 0.8, 0, 2),
    )
    peers = PeerGroups.of(industry if kept == "both" else None, region if kept != "none" else None, 300)
    assert len(set(peers.names)) == {"both": 3, "region": 2, "none": 1}[kept]
    values = np.round(random.lognormal(0, 2, (300, 4)), 1).astype(np.float32)
    values[random.random(values.shape) < 0.6] = np.nan
    values[:, 3] = np.nan
    usual = peers.usual(values, [2, 0, 3])
    for place, column in enumerate((2, 0, 3)):
        expected = [plain_median(peers, values[:, column].tolist(), row) for row in range(300)]
        assert usual.of(slice(0, 300))[:, place].tolist() == pytest.approx(
            [np.nan if v is None else v for v in expected], nan_ok=True
        )
    assert np.array_equal(usual.of(slice(100, 110)), usual.of(slice(0, 300))[100:110], equal_nan=True)


def test_who_is_above_what_is_usual_ranks_above_the_middle():
    peers = groups([1.0] * 35 + [2.0] * 40, [1.0] * 75)
    values = np.random.default_rng(5).normal(size=(75, 1)) + np.array([[0.0]] * 35 + [[9.0]] * 40)
    usual, place = peers.usual(values, [0]).of(slice(0, 75))[:, 0], peers.percentile(values[:, 0])
    assert ((values[:, 0] > usual) == (place > 0.5)).all()
    assert not ((values[:, 0] > np.median(values)) == (place > 0.5)).all()  # the mutant: everybody's median
