"""What can be read of a simulated world: our indices, states and probabilities beside its hidden truth.

    python -m benchmarks.world [--customers 6000] [--seed 7 21] [--cutoff 2024-03-01]
                               [--only relationships|audit] [--tables world|demo] [--out world.json]

Everything is made anew for each seed, in a folder of its own. Beside each index stands the oracle, see
`world_oracle.py`: what no reading of the tables does better by much.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks.world_audit import audit_sentences
from benchmarks.world_oracle import alike, best_signs, oracle
from benchmarks.world_read import READS, Seen, confusion, held, read
from models.decision.states import STATES
from pipeline.commands.options import configured
from pipeline.config import Config
from pipeline.scoring.relationships import thresholds
from pipeline.simulate.parameters import correlated_strength
from pipeline.simulate.states import rising
from pipeline.simulate.supplier import Telling, simulate
from pipeline.simulate.writing import TRUTH

TOLD = ("world", "demo")
"""Configurations: all tables, and order lines alone."""
CORRELATED = 0.6
LATER = date(2024, 7, 1)
"""The day after the history: by then it is known who has left."""


def main() -> None:
    """Run what was asked for and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=6000)
    parser.add_argument("--seed", type=int, nargs="+", default=[7], help="Worlds to make. Tuned on: 7, 21, 22.")
    parser.add_argument("--cutoff", type=date.fromisoformat, default=date(2024, 3, 1))
    parser.add_argument("--only", choices=["relationships", "audit"], help="Leave the other part out.")
    parser.add_argument("--tables", choices=TOLD, help="Read all of them, or order lines alone, and not the other.")
    parser.add_argument("--out", type=Path, help="Write the JSON here as well.")
    given = parser.parse_args()
    found = {"customers": given.customers, "cutoff": str(given.cutoff)}
    text = json.dumps(found | {f"seed {seed}": looked_at(given, seed) for seed in given.seed}, indent=2)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


def looked_at(given: argparse.Namespace, seed: int) -> dict[str, object]:
    """What was asked for of the world of one seed."""
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MOORINGS_RUNS"] = folder
        if given.only != "audit":
            told = (given.tables,) if given.tables else TOLD
            found |= relationships(world_of(Path(folder), given, seed), given.cutoff, told)
        if given.only != "relationships":
            found["audit"] = {str(each): audited(Path(folder), given, seed, each) for each in (0.0, CORRELATED)}
    return found


def world_of(folder: Path, given: argparse.Namespace, seed: int, correlation: float = 0.0) -> Path:
    """Simulate into `folder` with this correlation of strength, and return where the history lies."""
    telling = Telling(parameters=correlated_strength(correlation), cutoffs=(given.cutoff, LATER))
    return simulate(folder / "demo" / "history", customers=given.customers, seed=seed, telling=telling).folder


def audited(folder: Path, given: argparse.Namespace, seed: int, correlation: float) -> dict[str, object]:
    """What the audit says where strength has this correlation with looking ahead, and what the truth says of it."""
    history = world_of(folder, given, seed, correlation)
    hidden, firms = pd.read_parquet(history / TRUTH / f"{given.cutoff}.parquet"), pd.read_parquet(history / "customers")
    return {**audit_sentences(configured("world")), "truth": strength_in_truth(hidden, firms, given.cutoff)}


def strength_in_truth(hidden: pd.DataFrame, firms: pd.DataFrame, cutoff: date) -> dict[str, float]:
    """How well the staff of a firm ranks the true probability of silence and the true propensity of the eligible.

    The area is what an endless number of outcomes drawn from the probabilities would give; 0.5 is chance.
    """
    now = firms[firms["valid_from"] <= cutoff].sort_values("valid_from").groupby("customer_id").last()
    here = hidden[hidden["eligible"]].join(now["employees"], on="customer_id", validate="one_to_one")
    chance, staff = here["silence"].to_numpy(), here["employees"].to_numpy()
    outcome, weight = np.repeat([1, 0], len(here)), np.concatenate([chance, 1 - chance])
    area = roc_auc_score(outcome, np.tile(staff, 2), sample_weight=weight)
    return {"churn AUC of staff": area, "propensity, rank correlation of staff": alike(staff, here["propensity"])}


def relationships(history: Path, cutoff: date, told: Sequence[str] = TOLD) -> dict[str, object]:
    """Indices, states and churn with all tables, then with order lines alone; and who left later."""
    hidden = pd.read_parquet(history / TRUTH / f"{cutoff}.parquet")
    later = pd.read_parquet(history / TRUTH / f"{LATER}.parquet")
    found: dict[str, object] = {}
    for name in told:
        config = configured(name)
        seen = read(config, cutoff, hidden)
        found[name] = {"churn": churn(seen), "indices": indices(seen), "states": states(seen.rows)}
        found[name] |= {"steadied": steadied(seen.rows), "confusion": confusion(seen.rows)}
        found[name] |= {"oracle": oracle(seen), "rule on the oracle's readings": best(seen, config)}
        if name == "world":
            found["later_switchers"] = switchers(seen, later)
    return found


def churn(seen: Seen) -> dict[str, float]:
    """AUC of the model and of the true probabilities on what then happened, and their ratio."""
    known = seen.rows[seen.rows["label"].notna()]
    model, truth = (roc_auc_score(known["label"], known[name]) for name in ("churn", "true_silence"))
    return {"model": model, "truth": truth, "ratio": model / truth}


def indices(seen: Seen) -> dict[str, float]:
    """Rank correlation of each index with the hidden value it is to read; of the propensity, and of alternatives with
    the pull, which is what the tables can show of them."""
    found = {name: alike(seen.rows[name], seen.rows[f"true_{value}"]) for name, value in READS.items()}
    found["alternatives_index, the pull"] = alike(seen.rows["alternatives_index"], seen.rows["true_pull"])
    found["propensity, its rise"] = alike(seen.rows["rise"], seen.rows["true_propensity_rise"])
    return found | {"propensity": alike(seen.rows["partnership"], seen.rows["true_propensity"])}


def states(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Precision, recall and true share of each state; of being held, whether it drifts as well or not; of a risen
    propensity; and of prospective partners, whose propensity has risen and whose cost of leaving is still low."""
    found = {name: _found(rows["state"] == name, rows["true_state"] == name) for name in STATES}
    found["held"] = _found(rows["captive"], held(rows))
    here = rows["true_mode"] != "gone"
    found["held, of those who have not gone"] = _found(rows["captive"] & here, held(rows) & here)
    found["possibly held"] = _found(rows["captive"] | rows["possible"], held(rows))
    truly = rising(rows["true_propensity_rise"].to_numpy(), rows["true_propensity"].mean())
    found["risen propensity"] = _found(rows["risen"], pd.Series(truly, index=rows.index))
    found["prospective_partner"] = _found(rows["prospective"], rows["true_prospective_partner"])
    return found


def steadied(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The same of the states as they are told, after the course of cutoffs: with drops, and held to what was before."""
    found = {name: _found(rows["steadied"] == name, rows["true_state"] == name) for name in STATES}
    return found | {"held": _found(rows["steadied_held"], held(rows))}


def best(seen: Seen, config: Config) -> dict[str, dict[str, float]]:
    """The same of the rule on readings by an oracle: how far the tables and the rule go, whoever reads them."""
    told = best_signs(seen, thresholds(config))
    state = pd.Series(np.array(STATES)[told.codes], index=seen.rows.index)
    found = {name: _found(state == name, seen.rows["true_state"] == name) for name in STATES}
    return found | {"held": _found(pd.Series(told.captive, index=seen.rows.index), held(seen.rows))}


def switchers(seen: Seen, later: pd.DataFrame) -> dict[str, float]:
    """Switching costs of those who have decided to leave by the end of the history, over those of the others."""
    gone = set(later.loc[later["mode"].isin(["cooling", "gone"]), "customer_id"])
    here = seen.rows[seen.rows["true_mode"] == "staying"]
    went = here["customer_id"].isin(gone)
    cost = here.assign(true_cost=here["true_cost_investment"] + here["true_cost_risk"])
    names = ["true_cost", "true_cost_investment", "true_cost_risk", "investment_index", "risk_index"]
    means = {name: cost.loc[went, name].mean() / cost.loc[~went, name].mean() for name in names}
    return {"share": float(went.mean()), **means}


def _found(told: pd.Series, true: pd.Series) -> dict[str, float]:
    both = float((told & true).sum())
    return {"precision": both / max(told.sum(), 1), "recall": both / max(true.sum(), 1), "share": float(true.mean())}


if __name__ == "__main__":
    main()
