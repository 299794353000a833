"""The figures of a backtest: intervals are over customers, and a pooled line draws a customer with all its cutoffs."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import supplier

from models.evaluation.bootstrap import calibration_band, redraw, shown
from models.evaluation.interval import Interval
from models.evaluation.metrics import measure
from pipeline.config import Config
from pipeline.evaluation.backtest_figures import STAYERS, Figures, figures_of
from pipeline.evaluation.known_outcomes import CONTEXT, STAYED
from pipeline.promotion.compare import compare_runs

DAYS = ("2024-01-31", "2024-04-30")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return supplier.configured(tmp_path, supplier.lines(5))


def rows(customers: int = 200, days: tuple[str, ...] = DAYS, target: str = "churn", seed: int = 3) -> pd.DataFrame:
    """Calibrated probabilities, the same at every date; what comes of them is too, so that dates say nothing new."""
    random = np.random.default_rng(seed)
    chance = random.random(customers)
    label = (random.random(customers) < chance).astype(float)
    one = {"customer_id": [f"C{n}" for n in range(customers)], "target": target, "probability": chance}
    one |= {"uncalibrated": chance / 2, "label": label, "baseline_recency": chance + random.normal(0, 0.4, customers)}
    return pd.concat([pd.DataFrame(one | {"cutoff": pd.Timestamp(day)}) for day in days], ignore_index=True)


def width(record: dict[str, Any]) -> float:
    low, high = record["intervals"]["roc_auc"]
    return float(high - low)


def of(found: Figures, target: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    (pooled,) = [record for record in found.pooled if record["target"] == target]
    return [record for record in found.cutoffs if record["target"] == target], pooled


def test_each_cutoff_is_measured_as_any_rows_are(config: Config) -> None:
    table = rows()
    (first, second), _ = of(figures_of(table, config), "churn")
    here = table[table["cutoff"] == pd.Timestamp(DAYS[0])]
    known, _ = measure(here["label"], here["probability"])
    assert {name: first[name] for name in known} == known
    assert first["baseline_recency"] == measure(here["label"], here["baseline_recency"])[0]["roc_auc"]
    assert first["calibration_band"] == calibration_band(here["probability"], seed=config.training.seed)
    assert (first["rows"], first["cutoff"], second["cutoff"]) == (200, *DAYS)
    assert first["intervals"]["roc_auc"][0] < first["roc_auc"] < first["intervals"]["roc_auc"][1]


def test_a_customer_seen_twice_is_no_two_customers(config: Config) -> None:
    """The mutant draws rows: rows of one customer that say the same would narrow the interval by a third."""
    twice = rows()
    strangers = twice.assign(customer_id=twice["customer_id"] + twice["cutoff"].astype(str))
    (one, _), pooled = of(figures_of(twice, config), "churn")
    _, mutant = of(figures_of(strangers, config), "churn")
    assert (pooled["rows"], pooled["customers"], mutant["customers"]) == (400, 200, 400)
    assert width(pooled) == pytest.approx(width(one), rel=0.02)
    assert width(mutant) < 0.85 * width(pooled)


def test_the_lead_is_over_the_best_baseline_that_all_rows_have(config: Config) -> None:
    table = rows().assign(baseline_bg_nbd=lambda found: found["probability"])
    table.loc[table.index[0], "baseline_bg_nbd"] = np.nan  # it ranks as the model does, where it is known
    (first, second), pooled = of(figures_of(table, config), "churn")
    assert "baseline_bg_nbd" not in first and second["baseline_bg_nbd"] == second["roc_auc"]
    assert pooled["best_baseline"] == "baseline_recency"
    assert pooled["auc_lead"]["value"] == pytest.approx(pooled["roc_auc"] - pooled["baseline_recency"])


def test_compare_tells_the_intervals_of_the_backtest(config: Config, tmp_path: Path) -> None:
    """The mutant draws pseudonyms: another order of customers, other draws, and two intervals for one figure."""
    table = rows()
    window = {"target": "silence", "definition": "d", "gap_days": 0, "horizon_days": 60}
    table.attrs[CONTEXT] = {"name": "small", "population": {}, "targets": {"churn": window}}
    table.to_parquet(file := tmp_path / "rows.parquet", index=False)
    _, pooled = of(figures_of(table, config), "churn")
    (contest,) = compare_runs(str(file), str(file), config).contests
    for metric in ("roc_auc", "average_precision", "brier"):
        found = contest.first[metric]
        assert [found.low, found.high] == pooled["intervals"][metric], metric


def test_of_the_calibration_error_no_range_is_told(config: Config) -> None:
    """Its draws lie above it, as noise counts as error."""
    (first, _), pooled = of(figures_of(rows(), config), "churn")
    assert "calibration_error" not in first["intervals"] and "calibration_error" not in pooled["intervals"]
    drawn = redraw(rows()["customer_id"], rows()["label"], {"model": rows()["probability"]}, draws=50)
    value, *draws = drawn.values["model"]["calibration_error"]
    assert value == pooled["calibration_error"] and np.mean(np.array(draws) > value) > 0.8
    assert shown("calibration_error", Interval(0.014, 0.022, 0.051)) == "0.014"
    assert shown("roc_auc", Interval(0.7, 0.6, 0.8)) == "0.700 [0.600, 0.800]"


def test_partnership_is_also_measured_among_those_who_stayed(config: Config) -> None:
    table = rows(target="partnership")
    table[STAYED] = (np.arange(len(table)) % 2).astype(float)
    found = figures_of(table, config)
    assert [record["rows"] for record in of(found, STAYERS)[0]] == [100, 100]
    assert [record["target"] for record in figures_of(rows(), config).pooled] == ["churn"]


def test_rows_without_an_outcome_do_not_count(config: Config) -> None:
    table = rows()
    table.loc[table["cutoff"] == pd.Timestamp(DAYS[1]), "label"] = np.nan
    each, pooled = of(figures_of(table, config), "churn")
    assert ([record["cutoff"] for record in each], pooled["rows"]) == ([DAYS[0]], 200)
    assert figures_of(table.assign(label=np.nan), config) == Figures((), (), config.training.interval)


def test_one_outcome_everywhere_is_said_and_not_measured(config: Config) -> None:
    (first, _), _ = of(figures_of(rows().assign(label=1.0), config), "churn")
    assert np.isnan(first["roc_auc"]) and "nothing to tell apart" in first["why"]
