"""Drift: usual cutoffs stay within the limit as often as promised, and what changed is named."""

import numpy as np
import pytest
from scipy import stats

from models.evaluation.drift import Values, Verdict, drift, expected, marks, rate_drift
from models.reference import LEVELS, Reference

ROWS, CUTOFFS, FEATURES = 200, 8, 6


def cutoff(random: np.random.Generator, rows: int = ROWS, season: float = 0.2) -> Values:
    """Customers (rows, features): alike features, a season that moves all of a cutoff, and one with many zeros."""
    own = random.normal(size=(rows, 1)) + random.normal(size=(rows, FEATURES))
    values = own + season * random.normal(size=FEATURES)
    values[:, 0] = np.maximum(values[:, 0], 0)
    values[random.random(rows) < 0.3, 1] = np.nan
    return values.astype(np.float32)


def judged(seed: int, change: str = "") -> Verdict:
    random = np.random.default_rng(seed)
    past = [cutoff(random) for _ in range(CUTOFFS)]
    now = cutoff(random)
    if change == "x100":
        now[:, 3] *= 100
    if change == "gone":
        now[:, 4] = np.nan
    if change == "shifted":
        now[:, 2] += 3
    return drift(now, past, Reference.of(np.concatenate(past)), chance=0.1, draws=200, seed=seed)


def test_no_cutoff_like_those_before_drifts_more_often_than_allowed() -> None:
    alarms = sum(judged(seed).drifted.any() for seed in range(150))
    assert stats.binom.ppf(0.001, 150, 0.1) <= alarms <= stats.binom.ppf(0.999, 150, 0.1)


@pytest.mark.parametrize(("change", "place", "way"), [("x100", 3, None), ("gone", 4, 0), ("shifted", 2, 1)])
def test_what_changed_is_named(change: str, place: int, way: int | None) -> None:
    verdict = judged(0, change)
    assert np.flatnonzero(verdict.drifted).tolist() == [place]
    assert way is None or verdict.direction[place] == way


def test_a_limit_without_the_season_raises_false_alarms() -> None:
    """The mutant: limits from the noise of drawing customers alone, as tables of critical values give them."""
    alarms = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        past = [cutoff(random) for _ in range(CUTOFFS)]
        together = np.concatenate(past)
        verdict = drift(cutoff(random), [together], Reference.of(together), chance=0.1, draws=60, seed=seed)
        alarms += bool(verdict.drifted.any())
    assert alarms > stats.binom.ppf(0.999, 40, 0.1)


def test_distances_are_those_of_plain_counting() -> None:
    random = np.random.default_rng(1)
    past, now = cutoff(random), cutoff(random)
    reference = Reference.of(past)
    found = expected(reference).distance(marks(now, reference).mean(axis=0))
    for place, (quantiles, null) in enumerate(zip(reference.quantiles, reference.nulls, strict=True)):
        column = now[:, place].astype(float)
        shift = abs(np.isnan(column).mean() - null)
        for level, quantile in zip(LEVELS, quantiles, strict=True):
            below, above = (column <= quantile).mean(), (column >= quantile).mean()
            shift = max(shift, level * (1 - null) - below, (1 - level) * (1 - null) - above)
        assert found[place] == pytest.approx(shift)


def test_a_small_shift_is_no_alarm_however_certain() -> None:
    random = np.random.default_rng(2)
    past = [cutoff(random, 4_000, season=0) for _ in range(CUTOFFS)]
    now = cutoff(random, 4_000, season=0)
    now[:, 2] += 0.2
    reference = Reference.of(np.concatenate(past))
    assert drift(now, past, reference, chance=0.01, draws=100).drifted[2]
    assert not drift(now, past, reference, chance=0.01, draws=100, smallest=0.1).drifted.any()


def rates(random: np.random.Generator, rate: float, number: int = 1) -> list[np.ndarray]:
    return [(random.random(300) < rate).astype(float) for _ in range(number)]


def test_a_doubled_base_rate_is_drift_and_a_usual_one_is_not() -> None:
    random = np.random.default_rng(3)
    past = rates(random, 0.15, CUTOFFS)
    doubled = rate_drift(rates(random, 0.30)[0], past, chance=0.01, draws=300, smallest=0.05)
    usual = rate_drift(rates(random, 0.15)[0], past, chance=0.01, draws=300, smallest=0.05)
    assert (doubled.drifted.tolist(), doubled.direction.tolist(), usual.drifted.tolist()) == ([True], [1], [False])


def test_without_a_past_nothing_drifts() -> None:
    now = cutoff(np.random.default_rng(4))
    assert not drift(now, [], Reference.of(now), chance=0.01, draws=10).drifted.any()
    assert not rate_drift(np.ones(10), [], chance=0.01, draws=10).drifted.any()
