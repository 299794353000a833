"""Survival: monotone in the horizon, learned only from periods that are over, calibrated on gaps of known law."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from features.errors import ModelProblem
from models.fit_settings import FitSettings, Scope
from models.propensity import Propensity
from models.survival import PERIODS, USUAL, PersonPeriods, Survival, person_periods

CUTOFF = np.datetime64("2024-01-01")


def exponential(rows: int = 12_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rates (rows, 1) as the only feature, and days to the first order, each exponential: memory-less gaps."""
    random = np.random.default_rng(seed)
    rate = np.exp(random.uniform(np.log(1 / 900), np.log(1 / 15), rows))
    return rate[:, None].astype(np.float32), np.floor(random.exponential(1 / rate))


def fitted(values: np.ndarray, days: np.ndarray, watched: np.ndarray | None = None) -> Survival:
    return Survival.fit(
        values,
        ("rate",),
        days,
        np.full(days.size, 1000.0) if watched is None else watched,
        np.full(days.size, CUTOFF),
        settings=FitSettings(rounds=300, learning_rate=0.05, feature_fraction=1.0, lambda_l2=1.0, extra_trees=False),
        scope=Scope(fingerprints=("rate",)),
    )


@pytest.fixture(scope="module")
def model() -> Survival:
    return fitted(*exponential())


def test_silence_is_calibrated_at_every_horizon_on_exponential_gaps(model: Survival) -> None:
    values, days = exponential(seed=1)
    silent = model.silent(values)
    for place, end in enumerate(PERIODS):
        truth = np.exp(-values[:, 0] * end)
        assert np.abs(silent[:, place] - truth).mean() < 0.03
        assert abs(silent[:, place].mean() - (days >= end).mean()) < 0.015


def test_median_days_are_those_of_the_law(model: Survival) -> None:
    rate = np.array([[1 / 20], [1 / 60], [1 / 120], [1 / 800]], dtype=np.float32)
    found = model.median_days(rate)
    np.testing.assert_allclose(found[:3], np.log(2) / rate[:3, 0], rtol=0.25)
    assert np.isnan(found[3])  # half of them are silent for more than 180 days


@given(values=arrays(np.float32, (20, 1), elements=st.floats(width=32, allow_nan=True, allow_infinity=False)))
@settings(max_examples=30, deadline=None)
def test_silence_never_rises_with_the_horizon(model: Survival, values: np.ndarray) -> None:
    silent = model.silent(values)
    assert silent.shape == (20, len(PERIODS))
    assert (np.diff(silent, axis=1) <= 0).all() and (silent > 0).all() and (silent < 1).all()


@pytest.mark.parametrize(
    ("first", "watched", "expected"),
    [
        (0, 1000, [(0, 1)]),
        (29, 1000, [(0, 1)]),
        (30, 1000, [(0, 0), (1, 1)]),
        (89, 1000, [(0, 0), (1, 0), (2, 1)]),
        (np.nan, 1000, [(0, 0), (1, 0), (2, 0), (3, 0)]),
        (200, 1000, [(0, 0), (1, 0), (2, 0), (3, 0)]),
        (np.nan, 90, [(0, 0), (1, 0), (2, 0)]),  # the fourth period is not over
        (np.nan, 89, [(0, 0), (1, 0)]),
        (5, 29, []),  # ordered, but whoever has not yet is not seen beside it
        (40, 59, [(0, 0)]),
        (40, 60, [(0, 0), (1, 1)]),
    ],
)
def test_a_period_counts_once_it_is_over_for_those_who_entered_it(first, watched, expected) -> None:
    found = person_periods(np.array([first], dtype=float), np.array([watched], dtype=float))
    assert list(zip(found.period.tolist(), found.ordered.tolist(), strict=True)) == expected


def test_the_usual_share_has_half_an_order_added_to_each_side() -> None:
    lived = PersonPeriods(np.arange(4), np.array([0, 0, 0, 1]), np.array([1.0, 0, 0, 0]))
    assert lived.usual(3).tolist() == [1.5 / 4, 0.5 / 2, 0.5 / 1]


@pytest.mark.parametrize(
    ("hazards", "days"),
    [
        ((0.6, 0.1, 0.1, 0.1), 30 * np.log(2) / np.log(2.5)),
        ((0.5, 0.1, 0.1, 0.1), 30.0),  # half of them by the end of a period: not in the next
        ((0.2, 0.5, 0.1, 0.1), 30 + 30 * np.log(1.6) / np.log(2)),
        ((0.1, 0.1, 0.1, 0.9), 90 + 90 * np.log(0.729 / 0.5) / np.log(10)),
        ((0.1, 0.1, 0.1, 0.1), np.nan),
    ],
)
def test_within_a_period_silence_falls_exponentially_from_its_first_day(hazards, days) -> None:
    as_usual = SimpleNamespace(scope=Scope(periods=PERIODS, hazards=hazards), probability=lambda rows: rows[:, -1])
    found = Survival(as_usual).median_days(np.zeros((2, 1), dtype=np.float32))  # type: ignore[arg-type]
    np.testing.assert_allclose(found, [days] * 2, rtol=1e-6)


def test_what_is_known_of_a_fixed_horizon_does_not_bind_the_hazard() -> None:
    values, days = exponential(500)
    quick = FitSettings(rounds=5, extra_trees=False)
    given = (values, ("rate",), days, np.full(500, 1000.0), np.full(500, CUTOFF))
    free, bound = (
        Survival.fit(*given, settings=replace(quick, directions=directions), scope=Scope(fingerprints=("rate",)))
        for directions in ((), (-1,))
    )
    np.testing.assert_array_equal(free.silent(values), bound.silent(values))


def test_periods_that_are_not_over_would_make_everybody_look_quicker() -> None:
    """A mutant that took orders of unfinished periods as they come is far off; leaving those periods out is not."""
    values, days = exponential(4000)
    watched = np.random.default_rng(2).integers(0, 200, days.size).astype(float)
    seen = np.where(days < watched, days, np.nan)
    truth = np.exp(-values[:, 0] * 180).mean()
    honest = fitted(values, seen, watched).silent(values)[:, -1].mean()
    hasty = fitted(values, seen, np.where(np.isnan(seen), watched, 1000.0)).silent(values)[:, -1].mean()
    assert abs(honest - truth) < 0.04 < truth - hasty


def test_a_saved_model_is_data_and_says_the_same(model: Survival, tmp_path: Path) -> None:
    values, _ = exponential(50)
    digest = model.save(tmp_path / "survival")
    loaded = Survival.load(tmp_path / "survival")
    np.testing.assert_array_equal(loaded.silent(values), model.silent(values))
    assert loaded.periods == PERIODS and loaded.save(tmp_path / "again") == digest
    assert sorted(path.suffix for path in (tmp_path / "survival").iterdir()) == [".json", ".json", ".txt"]


def test_a_changed_file_or_a_model_of_a_fixed_horizon_is_refused(model: Survival, tmp_path: Path) -> None:
    fixed = replace(model.hazard_model, scope=replace(model.hazard_model.scope, periods=()))
    fixed.save(tmp_path / "fixed")
    with pytest.raises(ModelProblem, match="fixed horizon"):
        Survival.load(tmp_path / "fixed")
    assert model.hazard_model.names == ("rate", USUAL)
    replace(model.hazard_model, names=(USUAL, "rate")).save(tmp_path / "turned")
    with pytest.raises(ModelProblem, match="fixed horizon"):
        Survival.load(tmp_path / "turned")
    model.save(tmp_path / "survival")
    booster = tmp_path / "survival" / "booster.txt"
    booster.write_text(booster.read_text() + " ")
    with pytest.raises(ModelProblem, match="damaged or was changed"):
        Survival.load(tmp_path / "survival")


def test_too_few_orders_teach_nothing() -> None:
    values, _ = exponential(100)
    with pytest.raises(ModelProblem, match="too little to learn from"):
        fitted(values, np.full(100, np.nan))


def test_the_hazard_is_a_propensity(model: Survival) -> None:
    assert isinstance(model.hazard_model, Propensity)
    assert model.hazard_model.scope.horizon_days == PERIODS[-1]
