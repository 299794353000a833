"""With a gap, what looks ahead looks at the span that is asked about; without one, nothing changes."""

import numpy as np
import pytest
from customers import Line
from histories import (
    ANYBODY,
    EVERYTHING,
    Population,
    busy_supplier,
    day,
    disagreements,
    engine_values,
    reference_values,
    situations,
    tables_of,
    to_matrix,
    to_store,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from features.catalogue import FEATURES, fingerprints
from features.opening import opening_after

GAP = 14
SEASON = (
    "order_days_season_last_year", "spend_season_last_year", "order_days_season_two_years_ago",
    "share_of_order_days_in_season",
)  # fmt: skip
BUYING = (
    "expected_order_days", "expected_order_days_if_alive", "expected_order_days_if_alive_730d",
    "expected_order_days_rank", "probability_alive", "probability_silent", "probability_silent_730d",
    "probability_silent_rank", "probability_silent_rank_730d",
)  # fmt: skip
ODDS = "own_silence_odds"
LOOKING_AHEAD = tuple(each for each in FEATURES if each.name in {*SEASON, *BUYING, ODDS})
LATER = opening_after(GAP, LOOKING_AHEAD)


def test_these_are_moved_and_no_others():
    before, after = fingerprints(), fingerprints(gap_days=GAP)
    assert {name for name in before if before[name] != after[name]} == {*SEASON, *BUYING, ODDS}


def test_without_a_gap_nothing_changes():
    assert opening_after(0, FEATURES) == FEATURES
    assert fingerprints(gap_days=0) == fingerprints()


@pytest.fixture(scope="module")
def busy():
    lines, cutoffs = busy_supplier(customers=24), (day(0),)
    tables = tables_of(lines)
    engine, _ = engine_values(to_store(lines, tables=tables), cutoffs, 90, Population(), LATER)
    reference, _ = reference_values(lines, cutoffs, 90, Population(), EVERYTHING, tables, GAP, LOOKING_AHEAD)
    return engine, reference


@pytest.mark.parametrize("name", [each.name for each in LATER])
def test_a_feature_that_looks_ahead_equals_the_reference_with_a_gap(busy, name):
    engine, reference = ({key: value for key, value in values.items() if key[2] == name} for values in busy)
    assert engine and disagreements(engine, reference) == {}


@given(situations(most_lines=20), st.sampled_from((1, 14, 30, 300, 400)))
@settings(max_examples=20)
def test_features_that_look_ahead_equal_the_reference_on_random_histories(asked, gap):
    store = to_store(asked.lines, asked.has, asked.tables)
    later = opening_after(gap, LOOKING_AHEAD)
    values, _ = engine_values(store, asked.cutoffs, asked.horizon, asked.population, later)
    expected, _ = reference_values(
        asked.lines, asked.cutoffs, asked.horizon, asked.population, asked.has, asked.tables, gap, LOOKING_AHEAD
    )
    assert disagreements(values, expected) == {}


def season_of(ago: int, gap: int) -> float:
    """Order days in the season of last year of a customer who ordered so many days before the cutoff, and long ago."""
    lines = [Line("ann", f"o{days}", day(-days)) for days in (700, ago)]
    (feature,) = opening_after(gap, [each for each in FEATURES if each.name == SEASON[0]])
    matrix = to_matrix(lines, [day(0)], features=[feature], horizon=90, population=ANYBODY)
    return float(matrix.values[0, 0])


@pytest.mark.parametrize(
    ("ago", "gap", "inside"),
    [(365, 0, 1), (276, 0, 1), (275, 0, 0), (351, 14, 1), (352, 14, 0), (262, 14, 1), (261, 14, 0)],
)
def test_the_season_is_the_outcome_window_a_year_before(ago, gap, inside):
    """With a gap of 14 days and a horizon of 90 the window is [T + 14, T + 104): a year before, [T - 351, T - 261)."""
    assert season_of(ago, gap) == inside


def test_the_season_never_reaches_past_the_cutoff():
    assert season_of(1, 300) == 1  # [T - 65, T + 25), of which the past is known
    assert np.isfinite(season_of(1, 400))


def odds(gap: int, *ages: int) -> float:
    """What the customer's own silences make of a horizon of 30 days ahead, by the ages of its order days."""
    lines = [Line("ann", f"o{age}", day(-age)) for age in ages]
    (feature,) = opening_after(gap, [each for each in FEATURES if each.name == ODDS])
    matrix = to_matrix(lines, [day(0)], features=[feature], horizon=30, population=ANYBODY)
    return float(matrix.values[0, 0])


@pytest.mark.parametrize(
    ("gap", "ages", "outlasting", "as_long"),
    [
        (0, (120, 70, 20), 2, 2),  # silent for 20 days now; both pauses were 50: they would outlast 20 + 30
        (1, (120, 70, 20), 0, 2),  # and not 20 + 1 + 30
        (14, (148, 84, 20), 2, 2),  # 64 days each: just through 20 + 14 + 30
        (14, (147, 84, 20), 1, 2),
        (14, (144, 104, 85, 20), 1, 2),  # the pause of 19 days was never as long as this one
        (14, (50,), 0, 0),
    ],
)
def test_a_silence_has_to_outlast_the_gap_and_the_horizon(gap, ages, outlasting, as_long):
    assert odds(gap, *ages) == pytest.approx((outlasting + 0.5) / (as_long + 1))
