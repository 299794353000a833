"""Who is held out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision.holdout import chance_of, held_out

KEYS = [f"customer {number}" for number in range(2_000)]


def test_another_campaign_holds_out_others() -> None:
    spring, autumn = (held_out(KEYS, name, 0.1) for name in ("spring", "autumn"))
    assert (spring & autumn).sum() < 50


@given(there=st.sets(st.sampled_from(KEYS), min_size=1), share=st.floats(0, 1))
def test_who_is_held_out_does_not_rest_on_who_else_is_there(there: set[str], share: float) -> None:
    everybody = dict(zip(KEYS, held_out(KEYS, "spring", share), strict=True))
    some = sorted(there)
    assert held_out(some, "spring", share).tolist() == [everybody[key] for key in some]


def test_nobody_held_out_is_treated_while_the_others_are_in_their_cooldown() -> None:
    held = held_out(KEYS, "spring", 0.1)
    left = [key for key, out in zip(KEYS, held, strict=True) if out]  # the others were treated, and are not asked again
    assert held_out(left, "spring", 0.1).all()
    mutant = np.argsort([chance_of("spring", key) for key in left])[: len(left) // 10]  # a tenth of whoever is there
    assert mutant.size < 0.2 * len(left)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_share_holds_on_average(share: float) -> None:
    assert held_out(KEYS, "spring", share).mean() == pytest.approx(share, abs=0.02)


def test_chances_are_even() -> None:
    numbers = [chance_of("spring", key) for key in KEYS]
    assert np.histogram(numbers, bins=10, range=(0, 1))[0].min() > 150
