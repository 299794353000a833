"""What each family of features adds: the walk-forward test without it, one family at a time, on the same customers.

For example, with and without the wallet:

  python -m benchmarks.families --config iowa_wallet --cutoffs 2021-06-30,2021-10-31,2022-03-31

Prints per family the loss of AUC and average precision when it is left out, with 95 % intervals over redrawn customers,
pooled over the cutoffs, and what the family reaches alone. Models are not calibrated: the ranking is the same.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from features.catalogue import FAMILY_OF
from features.families import FAMILIES
from models.evaluation.bootstrap import redraw
from pipeline.config import Config, load_config
from pipeline.learning.drawing import draws_of
from pipeline.learning.learning import learn, learnable_cutoffs
from pipeline.matrices.dataset import Dataset, build_dataset
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task, churn_task
from pipeline.sources.store import read_store

WHOLE = "all families"
SHOWN = ("roc_auc", "average_precision")
Array = npt.NDArray[np.float64]


def scores(known_history: KnownHistory, task: Task, cutoff: date, config: Config) -> tuple[Dataset, dict[str, Array]]:
    """The labelled customers at a cutoff, and their scores (n,) by all families, without each, and by each alone."""
    known = known_history.known_before(cutoff)
    cutoffs = learnable_cutoffs(known.store, task, config)
    past = build_dataset(known.store, cutoffs, task, config, tables=known.tables)
    now = build_dataset(known.store, [cutoff], task, config, hindsight=known_history.store, tables=known_history.tables)
    now = now.labelled()
    found = {}
    for name, columns in choices(past.names).items():
        model = learn(past.only(columns), task, config, calibrated=False)
        found[name] = model.raw(now.only(columns).values, columns)
        print(f"  {cutoff} {name}", flush=True)
    return now, found


def choices(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The columns of each model: all, those of all families but one, and those of one alone."""
    there = [family for family in FAMILIES if any(FAMILY_OF[name] == family for name in names)]
    without = {f"without {one}": tuple(name for name in names if FAMILY_OF[name] != one) for one in there}
    alone = {f"{one} alone": tuple(name for name in names if FAMILY_OF[name] == one) for one in there}
    return {WHOLE: names, **without, **alone}


def figures(rows: list[tuple[Dataset, Mapping[str, Array]]], config: Config) -> dict[str, dict[str, list[float]]]:
    """By choice of families and metric: the figure, then the loss against all families with its interval."""
    customer = np.concatenate([data.customer_id for data, _ in rows])
    label = np.concatenate([data.label for data, _ in rows]).astype(np.float64)
    pooled = {name: np.concatenate([found[name] for _, found in rows]) for name in rows[0][1]}
    drawn = redraw(customer, label, {name: 1 / (1 + np.exp(-raw)) for name, raw in pooled.items()}, **draws_of(config))
    table = {}
    for name in pooled:
        losses = {metric: drawn.difference(WHOLE, name, metric) for metric in SHOWN}
        table[name] = {
            metric: [drawn.interval(name, metric).value, loss.value, loss.low, loss.high]
            for metric, loss in losses.items()
        }
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="iowa_wallet")
    parser.add_argument("--cutoffs", default="2021-06-30,2021-10-31,2022-03-31")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    config = load_config(chosen.config)
    found = read_store(config)
    known_history = KnownHistory.of(found.reading.history, found.store)
    days = [date.fromisoformat(day) for day in chosen.cutoffs.split(",")]
    table = figures([scores(known_history, churn_task(config), day, config) for day in days], config)
    print(f"{'':24}{'AUC':>8}{'lost':>8}{'95 %':>18}{'AP':>8}{'lost':>8}{'95 %':>18}")
    for name, metrics in table.items():
        cells = [f"{v:8.4f}{lost:8.4f}   [{low:6.4f}, {high:6.4f}]" for v, lost, low, high in metrics.values()]
        print(f"{name:24}" + "".join(cells))
    if chosen.json:
        chosen.json.write_text(json.dumps(table, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
