"""Who is held out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision.holdout import chance_of, held_out, value_class

KEYS = [f"customer {number}" for number in range(2_000)]


def test_the_same_campaign_holds_out_the_same_customers_in_any_order() -> None:
    first = dict(zip(KEYS, held_out(KEYS, ["a"] * 2_000, "spring", 0.1), strict=True))
    again = dict(zip(KEYS[::-1], held_out(KEYS[::-1], ["a"] * 2_000, "spring", 0.1), strict=True))
    assert first == again


def test_another_campaign_holds_out_others() -> None:
    spring, autumn = (held_out(KEYS, ["a"] * 2_000, name, 0.1) for name in ("spring", "autumn"))
    assert (spring & autumn).sum() < 50


@given(sizes=st.lists(st.integers(1, 200), min_size=1, max_size=6), share=st.floats(0, 0.9))
def test_every_stratum_has_its_share(sizes: list[int], share: float) -> None:
    strata = [f"stratum {place}" for place, size in enumerate(sizes) for _ in range(size)]
    chosen = held_out(KEYS[: len(strata)] if len(strata) <= 2_000 else [], strata[:2_000], "spring", share)
    for place, size in enumerate(sizes):
        counted = chosen[[kind == f"stratum {place}" for kind in strata]].sum()
        assert abs(counted - size * share) < 1


def test_small_strata_hold_the_share_on_average() -> None:
    chosen = [held_out([key], [key], f"campaign {number}", 0.1)[0] for number, key in enumerate(KEYS)]
    assert np.mean(chosen) == pytest.approx(0.1, abs=0.02)


def test_who_is_held_out_hardly_changes_as_others_come_and_go() -> None:
    before = held_out(KEYS, ["a"] * 2_000, "spring", 0.1)
    after = held_out(KEYS[200:], ["a"] * 1_800, "spring", 0.1)
    assert (before[200:] & after).sum() >= 0.85 * after.sum()


def test_chances_are_even() -> None:
    numbers = [chance_of("spring", key) for key in KEYS]
    assert np.histogram(numbers, bins=10, range=(0, 1))[0].min() > 150


@pytest.mark.parametrize(
    ("value", "expected"),
    [([1.0, 2.0, 3.0], [0, 1, 2]), ([np.nan, np.nan], [0, 0]), ([5.0, np.nan, 9.0, 7.0], [0, 0, 2, 1])],
)
def test_values_fall_into_thirds(value: list[float], expected: list[int]) -> None:
    assert value_class(np.array(value)).tolist() == expected
