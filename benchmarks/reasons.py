"""Contributions of every feature to every score: compiled tables of leaves against LightGBM's own, in one run.

The model is grown with the shipped settings on a made matrix as wide as the catalogue. Prints a table of ratios and
writes JSON. CPU seconds on one thread; compiling comes before the clock, laying out the tables is counted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from features.catalogue import FEATURES
from models.fit_settings import FitSettings
from models.propensity import Propensity, Scope

ROWS_LEARNED = 20_000


def matrix(rows: int, seed: int) -> np.ndarray:
    """Columns that hang together as features do: mixtures of twelve hidden ones, one in twenty null."""
    random = np.random.default_rng(seed)
    mixture = np.random.default_rng(0).normal(size=(12, len(FEATURES)))
    values = random.normal(size=(rows, 12)) @ mixture + random.normal(size=(rows, len(FEATURES)))
    values[random.random(values.shape) < 0.05] = np.nan
    return np.asfortranarray(values.astype(np.float32))


def grown() -> Propensity:
    """A model with the shipped settings, on one thread."""
    values = matrix(ROWS_LEARNED, seed=1)
    chance = 1 / (1 + np.exp(-np.nanmean(values[:, :12], axis=1)))
    label = (np.random.default_rng(2).random(len(values)) < chance).astype(np.float32)
    day = np.full(len(values), np.datetime64("2024-01-01"))
    names = [feature.name for feature in FEATURES]
    return Propensity.fit(values, names, label, day, settings=FitSettings(), scope=Scope())


def cpu(work: Callable[[], np.ndarray], turns: int) -> tuple[float, np.ndarray]:
    """The median of CPU seconds over the turns, and the result."""
    taken = []
    for _ in range(turns):
        start = time.process_time()
        result = work()
        taken.append(time.process_time() - start)
    return float(np.median(taken)), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("runs/benchmarks/reasons.json"))
    given = parser.parse_args()
    model, rows = grown(), matrix(given.rows, seed=3)
    anew(model).contributions(rows[:10])  # compiles
    ours, found = cpu(lambda: anew(model).contributions(rows)[:, :-1], given.turns)
    theirs, expected = cpu(
        lambda: model.booster.predict(rows, pred_contrib=True, num_threads=1)[:, :-1], max(1, given.turns - 2)
    )
    figures = {
        "rows": given.rows,
        "features": len(FEATURES),
        "rows_a_cpu_second": round(given.rows / ours),
        "rows_a_cpu_second_lightgbm": round(given.rows / theirs),
        "ratio": round(theirs / ours, 1),
        "largest_difference": float(np.abs(found - expected * model.calibration.slope).max()),
    }
    print("\n".join(f"{name:28}{value:>14,}" for name, value in figures.items()))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(figures, indent=1) + "\n")


def anew(model: Propensity) -> Propensity:
    """The model, without what it has parsed and laid out: that is part of the price."""
    return Propensity(**{name: getattr(model, name) for name in model.__dataclass_fields__})


if __name__ == "__main__":
    main()
