"""The settings of learning: slices, recency, directions, patience and tuning do what they say, and are off."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from supplier import END, START, configured, lines

from features.engine.store import LineStore
from features.errors import ModelProblem
from models.calibration import Calibration
from models.churn import CHURN
from pipeline.config import Config
from pipeline.evaluation.backtest import backtest
from pipeline.learning.learning import (
    DAYS_A_MONTH,
    directions,
    fit_settings,
    learn,
    learnable_cutoffs,
    recency,
    rounds_note,
    tuned,
)
from pipeline.learning.levels import CLASSICAL, answered_classically, level_note
from pipeline.matrices.dataset import Dataset, build_dataset
from pipeline.matrices.tasks import tasks
from pipeline.sources.history import read_history

pytestmark = pytest.mark.slow
CUTOFF = START + timedelta(days=600)


def changed(config: Config, section: str = "training", **settings: object) -> Config:
    part = getattr(config, section)
    new = {
        name: getattr(part, name).model_copy(update=value) if isinstance(value, dict) else value
        for name, value in settings.items()
    }
    return config.model_copy(update={section: part.model_copy(update=new)})


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    made = configured(tmp_path_factory.mktemp("learning"), lines(150))
    return changed(made, threads=1, boosting={"rounds": 40})


@pytest.fixture(scope="module")
def store(config: Config) -> LineStore:
    return LineStore.from_history(read_history(config).history)


@pytest.fixture(scope="module")
def data(config: Config, store: LineStore) -> Dataset:
    task = tasks(config)["churn"]
    return build_dataset(store, learnable_cutoffs(store, task, config), task, config)


def test_by_default_nothing_is_tuned_weighted_or_held(config: Config, data: Dataset) -> None:
    found = tuned(data, tasks(config)["churn"], config)
    assert (found.trials, found.best) == ((), fit_settings(config))
    assert (found.best.directions, found.best.patience, recency(data.cutoff, config)) == ((), 0, None)


def test_more_trees_where_the_past_asks_for_them_and_told_so(config: Config, data: Dataset) -> None:
    """Two trees are far too few: the three dates say so, up to what is allowed."""
    task, few = tasks(config)["churn"], changed(config, boosting={"rounds": 2}, most_rounds=16)
    chosen = tuned(data, task, few).best
    assert chosen.rounds == learn(data, task, few).settings.rounds > 2
    assert rounds_note(chosen, few).startswith(f"{chosen.rounds} trees in place of 2: each of 3 earlier dates")
    for other in (changed(few, most_rounds=0), changed(few, patience=5)):
        assert tuned(data, task, other).best.rounds == 2
    assert rounds_note(fit_settings(few), few) == ""


def test_the_level_is_drawn_half_way_to_the_classical_one_of_today(config: Config, data: Dataset) -> None:
    task, today = tasks(config)["churn"], data.take(data.cutoff == data.cutoff.max())
    said = today.values[:, today.names.index(CLASSICAL)].astype(float).mean()
    own, half = (learn(data, task, config, present=present) for present in (None, today))
    whole = learn(data, task, changed(config, level_share=1.0), present=today)
    assert whole.probability(today.values).mean() == pytest.approx(said, abs=1e-6)
    assert half.calibration.drawn == pytest.approx(whole.calibration.drawn / 2)
    assert (own.calibration.drawn, own.trees) == (0.0, half.trees)


def test_what_came_of_the_customers_of_today_is_not_looked_at(config: Config, data: Dataset) -> None:
    task, today = tasks(config)["churn"], data.take(data.cutoff == data.cutoff.max())
    blind, poisoned = (replace(today, label=np.full(len(today), label, np.float32)) for label in (np.nan, 1.0))
    assert learn(data, task, config, present=blind) == learn(data, task, config, present=poisoned)


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (0.0, ""),
        (0.04, ""),
        (0.21, "the level was drawn up by 0.21 in log-odds, towards what BG/NBD says of today's customers"),
        (-1.0, "the level was drawn down by 1.00 in log-odds, towards what BG/NBD says of today's customers"),
    ],
)
def test_a_level_that_was_drawn_is_told(config: Config, data: Dataset, by: float, says: str) -> None:
    model = learn(data, tasks(config)["churn"], config, calibrated=False)
    assert level_note(replace(model, calibration=Calibration(drawn=by))) == says


def test_only_silence_has_a_classical_level(config: Config, data: Dataset) -> None:
    assert answered_classically("churn", config, data.names)
    assert not answered_classically("partnership", config, data.names)
    assert not answered_classically("churn", changed(config, "churn", target="partial"), data.names)
    assert not answered_classically("churn", config, ("orders_90d",))


@pytest.mark.parametrize("slices", [0, 3, 100])
def test_slices_are_the_latest_cutoffs(config: Config, store: LineStore, slices: int) -> None:
    task = tasks(config)["churn"]
    every = learnable_cutoffs(store, task, config)
    found = learnable_cutoffs(store, task, changed(config, slices=slices))
    assert found == every[-(slices or len(every)) :]
    assert len(every) > 3


def test_a_row_counts_half_for_each_half_life(config: Config) -> None:
    days = np.datetime64("2024-01-01") - np.round(np.array([0, 6, 12]) * DAYS_A_MONTH).astype(int)
    np.testing.assert_allclose(recency(days, changed(config, half_life_months=6)), [1, 0.5, 0.25], rtol=0.01)


def test_directions_are_those_declared_for_the_kind_of_target(config: Config, data: Dataset) -> None:
    held = directions("churn", ("spend_90d", "days_since_last_order", "orders_90d"))
    assert held == (0, 1, -1)
    assert set(directions("partnership", data.names)) == {0}
    model = learn(data, tasks(config)["churn"], changed(config, monotone=True))
    assert model.settings.directions == directions("churn", data.names)


def test_tuning_looks_at_the_rows_given_alone_and_the_model_says_how_it_was_grown(
    config: Config, data: Dataset
) -> None:
    asked = changed(config, tuning={"trials": 2, "folds": 2})
    task = tasks(config)["churn"]
    found = tuned(data, task, asked)
    assert len(found.trials) == 2
    assert learn(data, task, asked).settings == found.best


@pytest.mark.parametrize("target", sorted(set(CHURN) - {"silence", "contract"}))
def test_another_definition_of_churn_is_a_setting(config: Config, tmp_path: Path, target: str) -> None:
    other = changed(config, "churn", target=target, rhythm_most_days=120)
    rows = pd.read_parquet(backtest(other, [CUTOFF, END], tmp_path / "rows.parquet").out)
    past = rows[pd.to_datetime(rows["cutoff"]) == pd.Timestamp(CUTOFF)]
    assert past["label"].isin([0, 1]).all() and past["label"].nunique() == 2
    assert rows[pd.to_datetime(rows["cutoff"]) == pd.Timestamp(END)]["label"].isna().all()
    closes = (pd.to_datetime(past["known_on_label"]) - pd.to_datetime(past["cutoff"])).dt.days
    assert (closes.min() >= 30 and closes.nunique() > 5) if target == "own_rhythm" else set(closes) == {60}
    assert set(past["observable"]) == {"silent" if target == "own_rhythm" else "dropped"}


def test_churn_by_contract_without_contracts_cannot_be_learned_and_says_so(config: Config, tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="too little to learn from"):
        backtest(changed(config, "churn", target="contract"), [CUTOFF], tmp_path / "rows.parquet")


def test_the_survival_view_stands_beside_the_fixed_horizon(config: Config, tmp_path: Path) -> None:
    rows = pd.read_parquet(backtest(changed(config, survival=True), [CUTOFF], tmp_path / "rows.parquet").out)
    names = [f"survival_probability_{days}d" for days in (30, 60, 90, 180)]
    assert rows[names].notna().all(axis=None)
    assert (np.diff(rows[names].to_numpy(), axis=1) <= 0).all()
    assert np.corrcoef(rows["survival_probability_60d"], rows["probability"])[0, 1] > 0.7
    assert rows["survival_median_days"].dropna().between(0, 180).all()
