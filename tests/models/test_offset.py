"""The start of boosting: the mean of known log-odds, told apart by column, and the base rate where nothing is known."""

import numpy as np
import pytest
from scipy.special import logit

from models.offset import FURTHEST, Offset

NAMES = ("first", "days", "second")
VALUES = np.array([[0.2, 7, 0.5], [0.6, 8, np.nan], [0.9999999, 9, 0.4]], dtype=np.float32)
BASE = 0.3
PARTS = np.array([[logit(0.2), 0.0], [logit(0.6), logit(BASE)], [FURTHEST, logit(0.4)]]) / 2


def started(*chosen: str) -> Offset:
    return Offset.fit(chosen, NAMES, VALUES, BASE)


def test_it_is_the_mean_of_the_log_odds_the_base_rate_where_one_is_null() -> None:
    assert started("first", "second").log_odds(VALUES) == pytest.approx(PARTS.sum(axis=1), abs=1e-6)


def test_each_column_is_credited_with_what_it_lies_from_its_usual() -> None:
    found = started("first", "second").contributions(VALUES)
    assert found[:, [0, 2]] == pytest.approx(PARTS - PARTS.mean(axis=0), abs=1e-6)
    assert found[:, 1].tolist() == [0, 0, 0]
    assert found[:, -1] == pytest.approx(np.full(3, PARTS.mean(axis=0).sum()), abs=1e-6)


def test_without_columns_it_is_the_base_rate_for_everybody() -> None:
    assert started().log_odds(VALUES) == pytest.approx([logit(BASE)] * 3)
    assert started().contributions(VALUES) == pytest.approx(np.array([[0, 0, 0, logit(BASE)]] * 3))
