"""Whom to treat, judged by the truth of a simulated world: ranking by expected gain beside ranking by risk.

    python -m benchmarks.uplift [--seed 7] [--customers 40000] [--campaigns 6] [--share 0.9] [--play every]

Makes a world in a folder of its own, runs `moorings outcomes` on it, and holds what that expects of each play for the
customers of the day after the history against the truth of that day: what treating the best of each ranking would save,
how many of those chosen are truly sleeping dogs, how many of those that the export would still propose the play to, and
the Qini area on the truth. `--folder` keeps the world, and uses one that is there.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.decision.qini import area, true_curve
from models.evaluation.interval import interval_of
from pipeline.commands.options import configured
from pipeline.export.places import gains_file
from pipeline.outcomes.files import keep
from pipeline.outcomes.outcomes import Outcomes, outcomes
from pipeline.simulate.choice import PLAYS
from pipeline.simulate.parameters import Parameters, with_campaigns
from pipeline.simulate.supplier import Telling, simulate
from pipeline.simulate.writing import TRUTH

DOG = 0.002
"""Added probability of silence from which on a customer is called a true sleeping dog: beyond rounding."""
TOPS = (0.1, 0.2, 0.3)
DRAWS = 200
LATER = date(2024, 7, 1)
"""The day after the history."""


def main() -> None:
    """Run it, print one JSON document, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--customers", type=int, default=40_000)
    parser.add_argument("--campaigns", type=int, default=6)
    parser.add_argument("--share", type=float, default=0.9, help="Of the customers in each campaign.")
    parser.add_argument("--play", choices=["every", *PLAYS], default="every", help="What each campaign was.")
    parser.add_argument("--folder", type=Path, help="Keep the world here, or use the one that is there.")
    parser.add_argument("--out", type=Path, help="Write the JSON here as well.")
    given = parser.parse_args()
    with _folder(given.folder) as folder:
        os.environ["MOORINGS_RUNS"] = str(folder)
        known = learned(world(folder, given))
    found: dict[str, object] = {"seed": given.seed, "customers": given.customers, "campaigns": given.campaigns}
    text = json.dumps(found | known, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def world(folder: Path, given: argparse.Namespace) -> pd.DataFrame:
    """Simulate into `folder`, unless it holds a world, and return the truth of the day after the history."""
    truth = folder / "demo" / "history" / TRUTH / f"{LATER}.parquet"
    if not truth.exists():
        only = "" if given.play == "every" else given.play
        parameters = with_campaigns(Parameters(), given.campaigns, given.share, only)
        telling = Telling(parameters=parameters, cutoffs=(LATER,))
        simulate(folder / "demo" / "history", customers=given.customers, seed=given.seed, telling=telling)
    return pd.read_parquet(truth)


def learned(truth: pd.DataFrame) -> dict[str, object]:
    """What `moorings outcomes` learns of each play, held against the truth."""
    config = configured("world")
    found = outcomes(config, LATER)
    keep(found, config)
    known = pd.read_parquet(gains_file(config)).merge(truth, on="customer_id", validate="many_to_one")
    plays = {str(play): rows.assign(true=-rows[str(play)]) for play, rows in known.groupby("play")}
    return {play: _measured(found, play) | judged(rows.reset_index(drop=True)) for play, rows in plays.items()}


def _measured(found: Outcomes, play: str) -> dict[str, object]:
    """What the page says of a play: rows drawn by lot, what tells customers apart, the lead shown by the lots alone."""
    whom = next(each for each in found.actions.whom if each.play == play).summary()
    return {"lots": whom["customers"], "told_apart_by": whom["told_apart_by"], "lead_by_lots": whom["lead_over_risk"]}


def judged(rows: pd.DataFrame) -> dict[str, object]:
    """One play: rows with gain, counted_gain, avoid, risk_before, true (what it takes off the chance of silence)."""
    rankings = {"expected gain": "gain", "counted gain": "counted_gain", "risk": "risk_before", "truth": "true"}
    everybody = np.ones(len(rows), dtype=bool)
    return {
        "customers": len(rows),
        "everybody": _among(rows, everybody),
        **{name: _ranked(rows, rows[column]) for name, column in rankings.items()},
        "advised": _among(rows, rows["advised"].to_numpy(dtype=bool)),
        "not_avoided": _among(rows, ~rows["avoid"].to_numpy(dtype=bool)),
        "lead_of_qini_area": _lead(rows),
        "at_least_what_was_counted_on": float((rows["true"] >= rows["counted_gain"]).mean()),
    }


def _ranked(rows: pd.DataFrame, score: pd.Series) -> dict[str, float]:
    order = np.argsort(-score.to_numpy(), kind="stable")
    found = {"qini_area": area(*true_curve(score, rows["true"]))}
    for top in TOPS:
        best = np.zeros(len(rows), dtype=bool)
        best[order[: int(top * len(rows))]] = True
        found |= {f"{name}_in_best_{top:.0%}": value for name, value in _among(rows, best).items() if name != "share"}
    return found


def _among(rows: pd.DataFrame, chosen: np.ndarray) -> dict[str, float]:
    """The share of the customers, of true sleeping dogs among them, and what treating 1,000 of them truly saves."""
    true = rows["true"].to_numpy()[chosen]
    if not true.size:
        return {"share": 0.0, "dogs": 0.0, "saved_of_1000": 0.0}
    saved = float(1_000 * true.mean())
    return {"share": float(chosen.mean()), "dogs": float((true < -DOG).mean()), "saved_of_1000": saved}


def _lead(rows: pd.DataFrame) -> dict[str, float]:
    """Qini area by expected gain less that by risk, with its range over redraws of customers."""

    def lead(times: np.ndarray) -> float:
        drawn = np.repeat(np.arange(len(rows)), times.astype(int))
        gain, risk, true = (rows[name].to_numpy()[drawn] for name in ("gain", "risk_before", "true"))
        return area(*true_curve(gain, true)) - area(*true_curve(risk, true))

    return interval_of(lead, rows["customer_id"], draws=DRAWS, seed=1).summary()


if __name__ == "__main__":
    main()
