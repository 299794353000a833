"""Whom to treat, judged by the truth of a simulated world: ranking by expected gain beside ranking by risk.

Reads what `moorings outcomes` expects of each play for the customers of the day after the history, and the truth that
`moorings simulate` wrote for that day. Says what treating the best of each ranking would truly save, how many of those
chosen are truly sleeping dogs, and the Qini area on the truth. See benchmarks/README.md for the commands.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

from models.decision.qini import area, true_curve
from models.evaluation.interval import interval_of

DOG = 0.002
"""Added probability of silence from which on a customer is called a true sleeping dog: beyond rounding."""
TOPS = (0.1, 0.2, 0.3)
DRAWS = 200


def judged(rows: pd.DataFrame) -> dict[str, object]:
    """One play: rows with gain, risk_before, true (what the play takes off the probability of silence)."""
    rankings = {"expected gain": rows["gain"], "risk": rows["risk_before"], "truth": rows["true"]}
    dogs, saved = float((rows["true"] < -DOG).mean()), float(1_000 * rows["true"].mean())
    found: dict[str, object] = {"customers": len(rows), "everybody": {"dogs": dogs, "saved_of_1000": saved}}
    for name, score in rankings.items():
        order = np.argsort(-score.to_numpy(), kind="stable")
        found[name] = {
            "qini_area": area(*true_curve(score, rows["true"])),
            **{f"saved_of_1000_in_best_{top:.0%}": _mean(rows, order, top) for top in TOPS},
            **{f"dogs_in_best_{top:.0%}": _dogs(rows, order, top) for top in TOPS},
        }
    chosen = rows["gain"] > 0
    found["advised"] = {
        "share": float(chosen.mean()),
        "dogs": float((rows["true"][chosen] < -DOG).mean()),
        "saved_of_1000": float(1_000 * rows["true"][chosen].mean()),
    }
    found["lead_of_qini_area"] = _lead(rows)
    return found


def _mean(rows: pd.DataFrame, order: np.ndarray, top: float) -> float:
    return float(1_000 * rows["true"].to_numpy()[order[: int(top * len(rows))]].mean())


def _dogs(rows: pd.DataFrame, order: np.ndarray, top: float) -> float:
    return float((rows["true"].to_numpy()[order[: int(top * len(rows))]] < -DOG).mean())


def _lead(rows: pd.DataFrame) -> dict[str, float]:
    """Qini area by expected gain less that by risk, with its range over redraws of customers."""

    def lead(times: np.ndarray) -> float:
        drawn = np.repeat(np.arange(len(rows)), times.astype(int))
        gain, risk, true = (rows[name].to_numpy()[drawn] for name in ("gain", "risk_before", "true"))
        return area(*true_curve(gain, true)) - area(*true_curve(risk, true))

    return interval_of(lead, rows["customer_id"], draws=DRAWS, seed=1).summary()


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gains", type=Path, required=True, help="gains.parquet of moorings outcomes")
    parser.add_argument("--truth", type=Path, required=True, help="the truth of the same day")
    given = parser.parse_args()
    gains, truth = pd.read_parquet(given.gains), pd.read_parquet(given.truth)
    known = gains.merge(truth, on="customer_id", validate="many_to_one")
    plays = {play: rows.assign(true=-rows[str(play)]) for play, rows in known.groupby("play")}
    print(json.dumps({str(play): judged(rows.reset_index(drop=True)) for play, rows in plays.items()}, indent=1))


if __name__ == "__main__":
    main()
