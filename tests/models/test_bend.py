"""Isotonic calibration: finds a shape that two numbers cannot, keeps every rank, and is taken only where it wins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from models import bend
from models.bend import Bend, bend_that_wins, fit_bend
from models.calibration import Calibration, fit_steady

DAYS = np.datetime64("2024-01-01") + 90 * np.arange(6)
log_odds = st.floats(-8, 8, allow_nan=False)


def rows(truth: str, random: np.random.Generator, size: int = 3000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-odds, labels and cutoffs, six quarters of them: `bent` flattens out above 0, `straight` does not."""
    raw = random.normal(0, 2, (DAYS.size, size))
    right = np.where(raw > 0, 0.2 * raw, raw) if truth == "bent" else raw
    return raw.ravel(), (random.random(raw.shape) < expit(right)).astype(float).ravel(), np.repeat(DAYS, size)


def test_the_shape_is_found_again() -> None:
    raw, label, _ = rows("bent", np.random.default_rng(1))
    found = fit_bend(raw, label).log_odds([-2.0, 0.0, 1.5, 3.0])
    assert found == pytest.approx([-2.0, 0.0, 0.3, 0.6], abs=0.25)


def test_a_knot_lies_at_the_mean_of_its_rows_and_at_their_share_of_ones() -> None:
    raw = np.concatenate([middle + np.linspace(-0.5, 0.5, 50) for middle in (-2, 0, 2)])
    label = np.concatenate([np.arange(50) < ones for ones in (5, 25, 45)]).astype(float)
    found = fit_bend(raw, label)
    assert found.at == pytest.approx((-2, 0, 2))
    assert expit(found.to) == pytest.approx((5.5 / 51, 25.5 / 51, 45.5 / 51))


def test_rows_that_all_say_the_same_cannot_be_told_apart_whatever_their_order() -> None:
    assert not fit_bend(np.zeros(150), np.repeat([0.0, 0.5, 1.0], 50) > np.tile([0.0, 0.7], 75))


@pytest.mark.parametrize(("truth", "taken"), [("bent", True), ("straight", False)])
def test_it_is_taken_only_where_it_wins(truth: str, taken: bool) -> None:
    won = [bool(bend_that_wins(*rows(truth, np.random.default_rng(seed), 500), 90)) for seed in range(10)]
    assert np.mean(won) >= 0.9 if taken else np.mean(won) <= 0.3


@pytest.mark.parametrize(
    ("size", "cutoffs", "why"),
    [(0, 6, "no rows"), (20, 6, "too few rows for three groups"), (500, 2, "two blocks cannot say what wins")],
)
def test_too_little_bends_nothing(size: int, cutoffs: int, why: str) -> None:
    raw, label, cutoff = rows("bent", np.random.default_rng(2), size)
    kept = cutoff < DAYS[cutoffs - 1] + 1
    assert not bend_that_wins(raw[kept], label[kept], cutoff[kept], 90), why


def test_cutoffs_that_share_outcomes_are_left_out_together() -> None:
    raw, label, _ = rows("bent", np.random.default_rng(3))
    within_a_quarter = np.repeat(np.datetime64("2024-01-01") + 10 * np.arange(6), 3000)
    assert not bend_that_wins(raw, label, within_a_quarter, 90)


def test_each_block_is_left_out_once_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    raw, label, cutoff = rows("bent", np.random.default_rng(4), 100)
    left_out: list[np.ndarray] = []
    monkeypatch.setattr(bend, "_gain", lambda scores, labels, left: float(left_out.append(left) or 0))
    bend_that_wins(raw, label, cutoff, 180)
    assert [np.unique(cutoff[left]).tolist() for left in left_out] == [
        DAYS[part : part + 2].tolist() for part in (0, 2, 4)
    ]
    assert (np.sum(left_out, axis=0) == 1).all()


@pytest.mark.parametrize(
    ("gains", "taken"),
    [((-0.01, 0.0, 0.9), False), ((0.2, 0.3, 0.9), True), ((0.0, 0.0, 0.0), False), ((-0.2, -0.3, -0.9), False)],
)
def test_a_mean_gain_within_its_standard_error_is_none(
    monkeypatch: pytest.MonkeyPatch, gains: tuple[float, ...], taken: bool
) -> None:
    each = iter(gains)
    monkeypatch.setattr(bend, "_gain", lambda *_: next(each))
    assert bool(bend_that_wins(*rows("bent", np.random.default_rng(4)), 180)) == taken


@settings(deadline=None)
@given(st.lists(st.tuples(log_odds, log_odds), min_size=3, max_size=8), st.lists(log_odds, min_size=2, max_size=30))
def test_no_rank_is_lost(knots: list[tuple[float, float]], scores: list[float]) -> None:
    at, to = (np.cumsum(np.abs(part) + 0.01) for part in zip(*knots, strict=True))
    ordered = np.unique(np.round(scores, 3))
    assert (np.diff(Bend(tuple(at), tuple(to)).log_odds(ordered)) > 0).all()


def test_a_fit_ranks_as_before_also_where_the_truth_turns_round() -> None:
    random = np.random.default_rng(4)
    raw = random.normal(size=5000)
    label = (random.random(5000) < expit(-raw)).astype(float)
    order = np.argsort(raw)
    assert (np.diff(fit_bend(raw, label).log_odds(raw[order])) > 0).all()


def test_bent_contributions_add_up_and_keep_their_proportions() -> None:
    random = np.random.default_rng(5)
    raw = np.column_stack([random.normal(size=(200, 3)), np.full(200, -0.4)])
    raw[0, :3] = 0
    calibration = Calibration(1.2, 0.1, bend=Bend((-1.0, 0.0, 1.0), (-3.0, -0.5, 0.2)))
    parts = calibration.contributions(raw.copy())
    np.testing.assert_allclose(parts.sum(axis=1), calibration.log_odds(raw.sum(axis=1)), atol=1e-12)
    assert np.unique(parts[:, -1]).size == 1
    np.testing.assert_allclose(parts[1:, 0] * raw[1:, 1], parts[1:, 1] * raw[1:, 0], atol=1e-9)


def test_features_that_cancel_out_are_not_stretched() -> None:
    calibration = Calibration(1.2, 0.1, bend=Bend((-1.0, 0.0, 1.0), (-3.0, -0.5, 0.2)))
    parts = calibration.contributions(np.array([[1.0, -1.0, -0.4]]))
    np.testing.assert_allclose(parts[0], [1.2, -1.2, calibration.log_odds(-0.4)])


def test_steady_calibration_bends_on_request_only_and_keeps_the_interval() -> None:
    straight, bent = (
        fit_steady(*rows("bent", np.random.default_rng(6)), 90, isotonic=asked) for asked in (False, True)
    )
    assert not straight.bend
    assert bent.bend
    assert (bent.slope, bent.spread) == (straight.slope, straight.spread)
