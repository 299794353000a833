"""What holds of every declared feature: names, texts, bounds, fingerprints."""

import math
import re
from itertools import product

import numpy as np
import pytest
from histories import ANYBODY, busy_supplier, day, engine_values, situations, to_matrix, to_store
from hypothesis import given, settings

from features.catalogue import FEATURES, fingerprints, rows
from features.engine.declaration import FAMILIES, REGISTRY, DeclarationError, Registry
from features.engine.declaration import feature as declare

NAMES = [feature.name for feature in FEATURES]
every_feature = pytest.mark.parametrize("feature", FEATURES, ids=NAMES)

GOLDEN = {  # sha256 of "2|orders_90d|orders|order_days.total(orders,[T-90d,T-0d))" and so on, by `sha256sum`
    "orders_90d": "0f3bd0ac5f02376a26fe9f94f2ba584761df4f96d2df63ff0a3d1e8b72624de8",
    "overdue_ratio": "a73ca6b96fa16aa8ef963d6d164e4ba79ed37f1e47d968a52f94f385ead3f242",
}


def test_there_are_at_least_sixty_features_of_every_family():
    assert len(FEATURES) >= 60 and {feature.family for feature in FEATURES} == set(FAMILIES)


def test_names_are_unique_and_none_is_left_out():
    assert len(set(NAMES)) == len(NAMES) and set(NAMES) == set(REGISTRY)


def test_features_are_in_the_order_of_families():
    families = [feature.family for feature in FEATURES]
    assert families == sorted(families, key=FAMILIES.index)


def test_fingerprints_are_all_different():
    assert len(set(fingerprints().values())) == len(FEATURES)


@pytest.mark.parametrize("name", GOLDEN)
def test_fingerprint_is_the_golden_one(name):
    assert fingerprints()[name] == GOLDEN[name]


def test_no_two_features_are_the_same_computation():
    assert len({str(feature.expression) for feature in FEATURES}) == len(FEATURES)


def test_catalogue_rows_hold_every_text():
    assert [row["name"] for row in rows()] == NAMES and all(all(row.values()) for row in rows())


@every_feature
def test_phrases_fill_in_for_ordinary_zero_huge_and_negative_values(feature):
    for value, usual in product((0.0, 1.0, 0.333333, 12.5, 1e12, -1.0, -1e12), (-math.inf, math.inf)):
        sentence = feature.sentence(value, usual)
        assert sentence and not re.search(r"[{}]|nan|None", sentence)


@every_feature
def test_a_window_in_the_name_is_said_in_the_description(feature):
    if window := re.search(r"_(\d+)d$", feature.name):
        words = {"365": "year", "730": "two years"}.get(window[1], window[1])
        assert window[1] in feature.description or words in feature.description.lower()


@every_feature
def test_description_is_one_sentence_for_people(feature):
    assert feature.description[0].isupper() and feature.description.endswith(".")
    assert not re.search(r"[{}_]", feature.description)


def out_of_bounds(values: np.ndarray) -> set[str]:
    """Names of features with a value outside the declared bounds (half a float32 step is let pass) or infinite."""
    found = set()
    for feature, column in zip(FEATURES, values.T, strict=True):
        known = column[~np.isnan(column)]
        low = -math.inf if feature.lowest is None else np.nextafter(np.float32(feature.lowest), np.float32(-np.inf))
        high = math.inf if feature.highest is None else np.nextafter(np.float32(feature.highest), np.float32(np.inf))
        if np.isinf(known).any() or (known < low).any() or (known > high).any():
            found.add(feature.name)
    return found


@given(situations())
@settings(max_examples=60)
def test_bounds_hold_on_random_histories(asked):
    matrix = to_matrix(asked.lines, asked.cutoffs, horizon=asked.horizon, has=asked.has, population=asked.population)
    assert out_of_bounds(matrix.values) == set()


@pytest.mark.parametrize("horizon", [1, 90, 400])
def test_bounds_hold_for_a_busy_supplier(horizon):
    assert out_of_bounds(to_matrix(busy_supplier(), [day(-400), day(0), day(300)], horizon=horizon).values) == set()


def test_a_value_out_of_bounds_would_be_noticed():
    values = np.zeros((1, len(FEATURES)), dtype=np.float32)
    values[0, NAMES.index("silence_rank")], values[0, NAMES.index("orders_30d")] = 1.1, np.inf
    assert out_of_bounds(values) >= {"silence_rank", "orders_30d", "days_since_last_order"}


@pytest.mark.filterwarnings("error")
def test_no_feature_warns_whatever_the_history():
    for lines in (busy_supplier(customers=3), busy_supplier(customers=60)):
        engine_values(to_store(lines), [day(-1100), day(0), day(900)], 90, ANYBODY, FEATURES)


def test_a_direction_is_declared_only_where_the_value_itself_says_it():
    """Longer silence can only mean more churn, more orders only less; the rest is for the trees to find."""
    declared = {feature.name: feature.direction["churn"] for feature in FEATURES if feature.direction}
    assert (declared["days_since_last_order"], declared["order_days_90d"]) == (1, -1)
    assert declared["longest_run_of_silent_months"] == 1, "or never silent for long would raise the risk of some"
    assert not any("overdue" in name or "category" in name or "spend" in name for name in declared)


def test_a_direction_does_not_change_what_is_computed_and_has_to_be_one():
    registry = Registry()

    def declared(direction):
        named = {"family": "rhythm", "unit": "days", "high": "{value}", "low": "{value}", "registry": registry}

        @declare(**named, direction=direction)
        def silence(h):
            """Days.

            Idea: none.
            Source: none.
            """
            return h.order_days.since_last()

        return registry.pop("silence")

    assert declared({"churn": 1}).fingerprint == declared(None).fingerprint
    with pytest.raises(DeclarationError, match="a direction is 1 or -1"):
        declared({"churn": 2})


@pytest.mark.parametrize(
    "names",
    [
        ("share_of_months_with_order", "half_year_months_with_order", "share_of_horizons_with_order"),
        ("pieces_90d", "pieces_ever"),
        ("spend_365d", "spend_ever"),
        ("gap_median", "gap_ninth_decile", "gap_mean_ever"),
    ],
)
def test_what_tells_a_reader_the_same_is_told_once(names):
    assert len({feature.about for feature in FEATURES if feature.name in names}) == 1
