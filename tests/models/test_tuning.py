"""Tuning and the other ways of growing trees: repeatable, never without the default, off unless asked for."""

import numpy as np
import pytest
from scipy.special import expit

from models.fit_settings import FitSettings
from models.origins import rolling_origins
from models.trees import Lesson
from models.tuning import SEARCHED, tune
from tests.models.conftest import NAMES, Rows, fit

SETTINGS = FitSettings(rounds=100, seed=3)


def lesson(rows: Rows) -> tuple[Lesson, list]:
    known = ~np.isnan(rows.label)
    folds = list(rolling_origins(rows.cutoff[known], 60, number=2))
    return Lesson.of(rows.values[known], NAMES, rows.label[known], SETTINGS, None), folds


def test_the_same_trials_find_the_same_settings(rows: Rows) -> None:
    taught, folds = lesson(rows)
    one, two = (tune(taught, folds, SETTINGS, trials=3, seconds=600) for _ in range(2))
    assert one == two
    assert len(one.trials) == 3


def test_the_first_trial_is_the_default_and_nothing_worse_is_chosen(rows: Rows) -> None:
    taught, folds = lesson(rows)
    found = tune(taught, folds, SETTINGS, trials=3, seconds=600)
    assert found.trials[0].settings == {name: getattr(SETTINGS, name) for name in SEARCHED}
    best = min(found.trials, key=lambda trial: trial.loss)
    assert {name: getattr(found.best, name) for name in SEARCHED} == best.settings
    assert best.loss <= found.trials[0].loss


def test_one_trial_changes_nothing(rows: Rows) -> None:
    taught, folds = lesson(rows)
    assert tune(taught, folds, SETTINGS, trials=1, seconds=600).best == SETTINGS


def test_when_time_runs_out_no_further_trial_begins(rows: Rows) -> None:
    taught, folds = lesson(rows)
    assert len(tune(taught, folds, SETTINGS, trials=50, seconds=1e-3).trials) == 1


def test_the_loss_is_that_of_what_came_later(rows: Rows) -> None:
    taught, folds = lesson(rows)
    found = tune(taught, folds, SETTINGS, trials=1, seconds=600).trials[0].loss
    losses = []
    for learn, judged in folds:
        chance = expit(taught.judge([(learn, judged)], SETTINGS)[judged])
        label = taught.label[judged]
        losses.append(-np.mean(label * np.log(chance) + (1 - label) * np.log(1 - chance)))
    assert found == pytest.approx(np.mean(losses))


# Early stopping


def test_growing_stops_where_a_later_slice_gains_nothing_more(rows: Rows) -> None:
    patient = fit(rows, rounds=800, learning_rate=0.1, patience=10)
    assert 1 <= patient.settings.rounds < 800
    assert patient.booster.num_trees() == patient.settings.rounds


def test_patience_is_spent_before_a_model_is_kept(rows: Rows) -> None:
    """What is stored are the rounds found, so that the model can be grown again without the later slice."""
    patient = fit(rows, rounds=200, learning_rate=0.1, patience=5)
    again = fit(rows, rounds=patient.settings.rounds, learning_rate=0.1)
    assert (patient.settings.patience, patient.trees) == (0, again.trees)


def test_early_stopping_is_the_same_on_any_number_of_threads(rows: Rows) -> None:
    one, two = (fit(rows, rounds=60, learning_rate=0.3, patience=3, threads=threads) for threads in (1, 2))
    assert one.trees == two.trees


# Directions


def test_a_declared_direction_holds_everywhere(rows: Rows) -> None:
    """Orders may only lower the chance: along that column, whatever the rest, the chance never rises."""
    held = fit(rows, rounds=150, learning_rate=0.1, directions=(0, -1, 0, 0))
    free = fit(rows, rounds=150, learning_rate=0.1)
    grid = np.repeat(rows.values[:50], 40, axis=0)
    grid[:, 1] = np.tile(np.linspace(0.01, 30, 40), 50)
    steps = [np.diff(model.raw(grid).reshape(50, 40), axis=1).max() for model in (held, free)]
    assert steps[0] <= 1e-9 < steps[1]


# Recency


def test_a_weight_is_what_a_row_counts(rows: Rows) -> None:
    """Rows of weight 0 might as well not be there, but for the base rate's place in the bins."""
    early = rows.cutoff < np.unique(rows.cutoff)[6]
    weighted = fit(rows, weight=np.where(early, 1e-9, 1.0), rounds=100)
    known = ~np.isnan(rows.label) & ~early
    label = rows.label[known]
    assert weighted.uncalibrated(rows.values[known]).mean() == pytest.approx(label.mean(), abs=0.02)
