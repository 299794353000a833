"""What each part of the recipe adds: the walk-forward test with one setting changed at a time, on the same customers.

    python -m benchmarks.recipe --config iowa --cutoffs 2021-06-30,2021-10-31,2022-03-31 [--tuning] [--json recipe.json]

Prints per variant AUC, average precision and Brier score over all cutoffs, and by how much it is better than the
default, with 95 % intervals over redrawn customers: above 0 the variant is better, below 0 the default. Trials of
settings take thirty models each and are asked for with `--tuning`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.evaluation.bootstrap import redraw
from pipeline.config import Config, load_config
from pipeline.learning.drawing import draws_of
from pipeline.learning.learning import learn, learnable_cutoffs
from pipeline.matrices.dataset import Dataset, build_dataset
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task, churn_task
from pipeline.sources.store import read_store

DEFAULT, UNCALIBRATED = "as shipped", "uncalibrated"
VARIANTS: Mapping[str, Mapping[str, object]] = {
    DEFAULT: {},
    "one slice": {"slices": 1},
    "twelve slices": {"slices": 12},
    "half-life of 12 months": {"half_life_months": 12},
    "monotone directions": {"monotone": True},
    "isotonic": {"calibration": "isotonic"},
    "level as learned": {"level_share": 0.0},
    "patience of 50": {"patience": 50},
}
"""By name the settings of [training] that differ."""
TUNING: Mapping[str, Mapping[str, object]] = {"ten trials": {"trials": 10}}
"""By name the settings of [training.tuning] that differ."""
SHOWN = ("roc_auc", "average_precision", "brier")
LESS_IS_BETTER = {"brier"}
Array = npt.NDArray[np.float64]


def changed(config: Config, variant: str) -> Config:
    """The configuration with the settings of a variant."""
    training = config.training.model_copy(update=dict(VARIANTS.get(variant, {})))
    tuning = training.tuning.model_copy(update=dict(TUNING.get(variant, {})))
    return config.model_copy(update={"training": training.model_copy(update={"tuning": tuning})})


def scores(
    known_history: KnownHistory, task: Task, cutoff: date, config: Config, variants: list[str]
) -> tuple[Dataset, dict[str, Array]]:
    """The labelled customers at a cutoff, and their probabilities (n,) by variant."""
    known = known_history.known_before(cutoff)
    past = build_dataset(known.store, learnable_cutoffs(known.store, task, config), task, config, tables=known.tables)
    now = build_dataset(known.store, [cutoff], task, config, hindsight=known_history.store, tables=known_history.tables)
    there, found = now.labelled(), {}
    for name in variants:
        own = changed(config, name)
        days = np.array(learnable_cutoffs(known.store, task, own), dtype="datetime64[D]")
        model = learn(past.take(np.isin(past.cutoff, days)), task, own, present=now)
        found[name] = model.probability(there.values, there.names)
        if name == DEFAULT:
            found[UNCALIBRATED] = model.uncalibrated(there.values, there.names)
        print(f"  {cutoff} {name}", flush=True)
    return there, found


def figures(rows: list[tuple[Dataset, Mapping[str, Array]]], config: Config) -> dict[str, dict[str, list[float]]]:
    """By variant and metric: the figure, then by how much it is better than the default, with its interval."""
    customer = np.concatenate([data.customer_id for data, _ in rows])
    label = np.concatenate([data.label for data, _ in rows]).astype(np.float64)
    pooled = {name: np.concatenate([found[name] for _, found in rows]) for name in rows[0][1]}
    drawn = redraw(customer, label, pooled, **draws_of(config))
    table: dict[str, dict[str, list[float]]] = {}
    for name in pooled:
        table[name] = {}
        for metric in SHOWN:
            pair = (DEFAULT, name) if metric in LESS_IS_BETTER else (name, DEFAULT)
            gain = drawn.difference(*pair, metric)
            table[name][metric] = [drawn.interval(name, metric).value, gain.value, gain.low, gain.high]
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="iowa")
    parser.add_argument("--cutoffs", default="2021-06-30,2021-10-31,2022-03-31")
    parser.add_argument("--tuning", action="store_true", help="Also with trials of settings: slow.")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    config = load_config(chosen.config)
    found = read_store(config)
    known_history = KnownHistory.of(found.reading.history, found.store)
    days = [date.fromisoformat(day) for day in chosen.cutoffs.split(",")]
    variants = [*VARIANTS, *(TUNING if chosen.tuning else ())]
    table = figures([scores(known_history, churn_task(config), day, config, variants) for day in days], config)
    print(f"{'':24}" + "".join(f"{metric:>20}{'better by, 95 %':>28}" for metric in ("AUC", "AP", "Brier")))
    for name, metrics in table.items():
        cells = [f"{v:20.4f}   {gain:7.4f} [{low:7.4f}, {high:7.4f}]" for v, gain, low, high in metrics.values()]
        print(f"{name:24}" + "".join(cells))
    if chosen.json:
        chosen.json.write_text(json.dumps(table, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
