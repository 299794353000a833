"""How often a check of inputs raises a false alarm, and how large a shift it sees, at the sizes at hand.

Suppliers are invented: customers with features that go together, and cutoffs that differ from each other by a season
of `SEASON` standard deviations in every feature. A usual new cutoff is drawn like the others; for the power, one
feature of it is shifted. Without a smallest shift, so that chance alone sets the limit; or as configured.

    python -m benchmarks.drift --trials 200 --out drift.json
    python -m benchmarks.drift --trials 200 --configured
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from models.evaluation.drift import Values, drift
from models.reference import Reference
from pipeline.config import load_config

CHANCE, DRAWS, SEASON = 0.05, 200, 0.1
SIZES = ((650, 8, 30), (650, 24, 30), (2_500, 12, 30))
"""Customers, cutoffs of the training, features."""
SHIFTS = (0.0, 0.25, 0.5, 1.0)
"""Of one feature, in standard deviations of the customers; 0 gives false alarms."""


def invented(random: np.random.Generator, rows: int, features: int) -> Values:
    """One cutoff, (rows, features): half of every feature is the customer's own size, and the season is its own."""
    own = random.normal(size=(rows, 1)) + random.normal(size=(rows, features))
    return (own / np.sqrt(2) + SEASON * random.normal(size=features)).astype(np.float32)


def rates(rows: int, cutoffs: int, features: int, trials: int, limits: Mapping[str, float]) -> dict[str, float]:
    """Share of checks with an alarm in any feature, and in the shifted one, by shift; `limits` are those of `drift`."""
    found = dict.fromkeys([f"{shift:g}" for shift in SHIFTS], 0.0)
    for trial in range(trials):
        random = np.random.default_rng(trial)
        past = [invented(random, rows, features) for _ in range(cutoffs)]
        usual, reference = invented(random, rows, features), Reference.of(np.concatenate(past))
        shift = SHIFTS[trial % len(SHIFTS)]
        usual[:, 0] += np.float32(shift)
        drifted = drift(usual, past, reference, **limits, seed=trial).drifted  # type: ignore[arg-type]
        found[f"{shift:g}"] += float(drifted[0] if shift else drifted.any()) * len(SHIFTS) / trials
    return found


def configured() -> dict[str, float]:
    """The limits that `moorings monitor` sets."""
    asked = load_config("demo").monitor
    return {"chance": asked.chance, "draws": asked.draws, "smallest": asked.smallest_shift}


def main() -> None:
    """Print a table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--configured", action="store_true", help="limits as in configs/default.toml")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    table, limits = [], configured() if asked.configured else {"chance": CHANCE, "draws": DRAWS, "smallest": 0.0}
    print(f"allowed {limits['chance']:.0%} | customers cutoffs features | false alarms, then power at {SHIFTS[1:]} sd")
    for rows, cutoffs, features in SIZES:
        found = rates(rows, cutoffs, features, asked.trials, limits)
        table.append({"customers": rows, "cutoffs": cutoffs, "features": features, "alarms": found})
        print(
            f"{rows:>9,} {cutoffs:>7} {features:>8} | " + "  ".join(f"{share:.2f}" for share in found.values()),
            flush=True,
        )
    if asked.out:
        asked.out.write_text(json.dumps({**limits, "trials": asked.trials, "rows": table}, indent=2))


if __name__ == "__main__":
    main()
