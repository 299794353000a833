"""Whether a new cutoff looks like those of the training."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from models.evaluation.drift import Verdict, drift, expected, marks
from models.reference import Reference

FEATURES, ROWS = 30, 400


def cutoff(seed: int, season: float = 0.0) -> np.ndarray:
    """Customers of one cutoff: features that hang together, one in ten null, all moved by a season."""
    random = np.random.default_rng(seed)
    common = random.normal(size=(ROWS, 1))
    values = 0.6 * common + 0.8 * random.normal(size=(ROWS, FEATURES)) + season
    values[random.random(values.shape) < 0.1] = np.nan
    return np.asfortranarray(values.astype(np.float32))


def judged(now: np.ndarray, seed: int = 0, seasons: float = 0.0, chance: float = 0.05) -> Verdict:
    moves = seasons * np.random.default_rng(seed).normal(size=8)
    trained = [cutoff(10_000 + 100 * seed + place, move) for place, move in enumerate(moves)]
    reference = Reference.of(np.concatenate(trained))
    return drift(now, trained, reference, chance=chance, draws=200, seed=seed)


@pytest.mark.slow
@pytest.mark.parametrize("seasons", [0.0, 0.2])
def test_usual_cutoffs_raise_a_false_alarm_as_rarely_as_asked(seasons: float) -> None:
    """One in ten is asked for; over 60 trainings more than 14 false alarms would come once in a hundred times."""
    alarms = 0
    for seed in range(60):
        season = seasons * np.random.default_rng(500 + seed).normal()
        alarms += judged(cutoff(seed, season), seed, seasons, chance=0.1).drifted.any()
    assert alarms <= stats.binom.ppf(0.99, 60, 0.1 if not seasons else 0.2)


def scaled(values: np.ndarray) -> np.ndarray:
    return values * np.where(np.arange(FEATURES) == 3, 100, 1)


def shifted(values: np.ndarray) -> np.ndarray:
    return values + np.where(np.arange(FEATURES) == 3, 1.0, 0.0)


def emptied(values: np.ndarray) -> np.ndarray:
    values[: ROWS // 2, 3] = np.nan
    return values


@pytest.mark.parametrize("harm", [scaled, shifted, emptied])
def test_a_feature_that_broke_is_named_and_stands_out(harm) -> None:
    for seed in range(4):
        found = judged(harm(cutoff(seed)), seed)
        assert found.drifted[3]
        assert (found.distance / found.limit).argmax() == 3


@pytest.mark.parametrize(("move", "direction"), [(1.5, 1), (-1.5, -1)])
def test_the_direction_is_that_of_the_values(move: float, direction: int) -> None:
    found = judged(cutoff(1) + np.where(np.arange(FEATURES) == 3, move, 0.0))
    assert found.direction[3] == direction


def test_the_distance_is_the_share_of_customers_who_moved() -> None:
    reference = Reference.of(cutoff(0))
    now = cutoff(0)
    now[: ROWS // 4, 3] = 99.0
    moved = expected(reference).distance(marks(now, reference).mean(axis=0))[3]
    assert moved == pytest.approx(0.24, abs=0.05)


def test_seasons_of_the_training_widen_the_limit() -> None:
    assert judged(cutoff(1), seasons=0.5).limit.mean() > 1.5 * judged(cutoff(1)).limit.mean()


def test_without_training_cutoffs_nothing_is_judged() -> None:
    found = drift(cutoff(0), [], Reference.of(cutoff(0)), chance=0.05, draws=100)
    assert not found.drifted.any()


def test_the_same_seed_gives_the_same_limits() -> None:
    assert (judged(cutoff(1)).limit == judged(cutoff(1)).limit).all()


def test_a_limit_that_forgets_how_many_features_there_are_cries_wolf() -> None:
    """The mutant: a limit for each feature by itself."""
    found = judged(cutoff(2), chance=0.05)
    alone = judged(cutoff(2), chance=0.95)
    assert alone.limit.mean() < found.limit.mean()
