"""The level is drawn towards a classical one: how far, from whom, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bend import Bend
from models.calibration import odds
from models.level import Classical, drawn
from models.propensity import Propensity
from tests.models.conftest import Rows

DAYS = np.datetime64("2020-01-01") + 30 * np.arange(3)


def says(now: float | np.ndarray, rows: int, then: float = 0.4, came: float = 0.4) -> Classical:
    """A classical model that says `now` of today's customers, and said `then` where `came` is what came."""
    label = np.tile((np.arange(100) < round(100 * came)).astype(float), 3)
    today = np.full(rows, now) if np.isscalar(now) else now
    return Classical(today, np.full(300, then), label, np.repeat(DAYS, 100), 90)


def mean(model: Propensity, rows: Rows) -> float:
    return float(model.probability(rows.values).mean())


@pytest.mark.parametrize("level", [0.02, 0.3, 0.9])
def test_all_of_the_way_gives_the_classical_level(model: Propensity, rows: Rows, level: float) -> None:
    found = drawn(model, rows.values, says(level, len(rows.values)), 1.0)
    assert mean(found, rows) == pytest.approx(level, abs=1e-9)


@given(level=st.floats(0.01, 0.99), share=st.floats(0.0, 1.0))
def test_the_level_lies_between_the_two(model: Propensity, rows: Rows, level: float, share: float) -> None:
    found = drawn(model, rows.values, says(level, len(rows.values)), share)
    low, high = sorted([mean(model, rows), level])
    assert low - 1e-9 <= mean(found, rows) <= high + 1e-9


def test_half_of_the_way_is_half_of_the_shift_in_log_odds(model: Propensity, rows: Rows) -> None:
    whole, half = (drawn(model, rows.values, says(0.7, len(rows.values)), share) for share in (1.0, 0.5))
    assert half.calibration.drawn == pytest.approx(whole.calibration.drawn / 2)
    moved = odds(half.probability(rows.values)) - odds(model.probability(rows.values))
    np.testing.assert_allclose(moved, half.calibration.drawn, atol=1e-9)


def test_what_features_contribute_stays_and_all_still_adds_up(model: Propensity, rows: Rows) -> None:
    found = drawn(model, rows.values, says(0.7, len(rows.values)), 0.5)
    before, after = model.contributions(rows.values), found.contributions(rows.values)
    np.testing.assert_array_equal(after[:, :-1], before[:, :-1])
    np.testing.assert_allclose(after.sum(axis=1), odds(found.probability(rows.values)), atol=1e-6)


@pytest.mark.parametrize(
    ("now", "share"), [(0.7, 0.0), (np.nan, 0.5)], ids=["none of the way", "a classical model that says nothing"]
)
def test_nothing_to_draw_to_changes_nothing(model: Propensity, rows: Rows, now: float, share: float) -> None:
    assert drawn(model, rows.values, says(now, len(rows.values)), share) == model


def test_without_customers_nothing_changes(model: Propensity, rows: Rows) -> None:
    assert drawn(model, rows.values[:0], says(0.5, 0), 0.5) == model


def test_customers_of_whom_nothing_is_said_are_left_out_of_both_levels(model: Propensity, rows: Rows) -> None:
    said = np.where(np.arange(len(rows.values)) % 2, 0.7, np.nan)
    known = Rows(rows.values[1::2], rows.label, rows.cutoff, rows.calibrate)
    assert mean(drawn(model, rows.values, says(said, said.size), 1.0), known) == pytest.approx(0.7, abs=1e-9)


def test_the_classical_level_is_the_mean_of_what_it_says(model: Propensity, rows: Rows) -> None:
    said = np.where(np.arange(len(rows.values)) % 2, 0.6, 0.2)
    assert mean(drawn(model, rows.values, says(said, said.size), 1.0), rows) == pytest.approx(said.mean(), abs=1e-9)


@pytest.mark.parametrize(("then", "came", "missed"), [(0.4, 0.4, 0.0), (0.5, 0.2, -1.386), (0.2, 0.5, 1.386)])
def test_what_the_classical_level_missed_is_in_log_odds_by_cutoff(then: float, came: float, missed: float) -> None:
    assert says(0.5, 1, then, came).missed() == pytest.approx([missed] * 3, abs=1e-3)


@pytest.mark.parametrize("came", [0.0, 1.0])
def test_cutoffs_with_one_outcome_alone_say_nothing_of_what_was_missed(came: float) -> None:
    assert says(0.5, 1, 0.4, came).missed().size == 0


def misses(*came: float, horizon: int = 30, rows: int = 1) -> Classical:
    """A classical model that always says a half, while other shares come at monthly cutoffs."""
    label = np.concatenate([np.arange(100) < round(100 * share) for share in came]).astype(float)
    cutoff = np.repeat(np.datetime64("2020-01-01") + 30 * np.arange(len(came)), 100)
    return Classical(np.full(rows, 0.5), np.full(label.size, 0.5), label, cutoff, horizon)


STEADY = (0.3, 0.3, 0.35, 0.25, 0.3, 0.3)
UP_AND_DOWN = (0.2, 0.7, 0.2, 0.7, 0.2, 0.7)


@pytest.mark.parametrize(
    ("came", "horizon", "sure"),
    [
        (STEADY, 30, True),
        (STEADY, 90, True),
        (UP_AND_DOWN, 30, False),
        (STEADY[:5], 30, False),
        ((0.5,) * 6, 30, False),
    ],
)
def test_what_is_missed_month_after_month_is_there_again(came: tuple[float, ...], horizon: int, sure: bool) -> None:
    """By hand: the outcomes of six monthly cutoffs are those of 6 horizons of 30 days, or of 240 / 90 of 90."""
    said, missed = misses(*came, horizon=horizon), odds(np.array(came))
    assert said.missed() == pytest.approx(missed, abs=1e-9)
    again, left = said.again(said.missed())
    doubt = missed.std(ddof=1) / np.sqrt((150 + horizon) / horizon)
    assert again == pytest.approx(missed.mean() if sure else 0.0, abs=1e-9)
    expected = np.hypot(missed.std(), doubt) if sure else np.sqrt(np.mean(missed**2))
    assert left == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("than", "sure"), [(0.99, True), (1.01, False)])
def test_surely_is_beyond_two_standard_errors(than: float, sure: bool) -> None:
    apart = np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])
    missed = apart + 2 * apart.std(ddof=1) / np.sqrt(6) / than
    assert (misses(*STEADY).again(missed)[0] != 0) is sure


def test_what_lasts_is_made_good_before_the_level_is_drawn(model: Propensity, rows: Rows) -> None:
    """A trade more regular than the classical model believes: 50 % said, and 30 % came month after month."""
    said = misses(*[0.3] * 6, rows=len(rows.values))
    assert mean(drawn(model, rows.values, said, 1.0), rows) == pytest.approx(0.3, abs=1e-6)


def test_what_does_not_last_is_not_made_good(model: Propensity, rows: Rows) -> None:
    """Up and down with the season, by far more than the mean."""
    said = misses(*UP_AND_DOWN, rows=len(rows.values))
    assert mean(drawn(model, rows.values, said, 1.0), rows) == pytest.approx(0.5, abs=1e-9)


def test_intervals_are_no_narrower_than_what_was_missed_earlier(model: Propensity, rows: Rows) -> None:
    own = model.calibration.spread
    assert drawn(model, rows.values, says(0.5, len(rows.values)), 0.5).calibration.spread == own
    far = drawn(model, rows.values, says(0.5, len(rows.values), 0.5, 0.2), 0.5)
    assert far.calibration.spread == pytest.approx(max(own, 1.386), abs=1e-3)


@pytest.mark.parametrize(("then", "came", "moved"), [(0.5, 0.19, True), (0.5, 0.17, False), (0.1, 0.9, False)])
def test_a_classical_level_that_went_astray_is_left_alone(
    model: Propensity, rows: Rows, then: float, came: float, moved: bool
) -> None:
    """Such as of a trade with a season: a buying model says the same in spring and in autumn."""
    found = drawn(model, rows.values, says(0.9, len(rows.values), then, came), 0.5)
    assert (found != model) is moved
    assert (found.calibration.drawn != 0) is moved


def test_a_bent_calibration_is_drawn_before_its_bend(model: Propensity, rows: Rows) -> None:
    bend = Bend(at=(-2.0, 0.0, 2.0), to=(-3.0, 0.0, 1.0))
    bent = replace(model, calibration=replace(model.calibration, bend=bend))
    assert mean(drawn(bent, rows.values, says(0.4, len(rows.values)), 1.0), rows) == pytest.approx(0.4, abs=1e-9)
