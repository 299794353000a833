"""What can be read of a simulated world: our indices, states and probabilities beside its hidden truth.

    python -m benchmarks.world [--customers 6000] [--seed 7 21] [--cutoff 2024-03-01]
                               [--only relationships|audit] [--out world.json]

Everything is made anew for each seed, in a folder of its own. Beside each index stands the oracle: a boosted regression
from all features to the hidden value itself, cross-validated on the same customers. No honest reading of the tables
does better by much, so a gap between the two is ours, and what the oracle lacks is not in the tables.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRegressor
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, cross_val_predict

from benchmarks.world_audit import audit_sentences
from features.engine.plan import ELIGIBLE
from features.engine.store import LineStore
from models.decision.course import baseline, rising_in
from models.decision.states import STATES, signs
from pipeline.commands.options import configured
from pipeline.config import Config
from pipeline.evaluation.backtest import backtest
from pipeline.learning.learning import learn, learnable_cutoffs
from pipeline.matrices.dataset import build_dataset, snapshot, tasks
from pipeline.matrices.feature_choice import scored_features
from pipeline.scoring.relationships import course_dates, probabilities, thresholds
from pipeline.simulate.parameters import correlated_strength
from pipeline.simulate.states import rising
from pipeline.simulate.supplier import Telling, simulate
from pipeline.simulate.writing import TRUTH
from pipeline.sources.buckets import read_store
from pipeline.standing.index_rows import index_columns
from pipeline.standing.standing_rows import at_cutoff, standing_of

READS = {
    "investment_index": "cost_investment",
    "risk_index": "cost_risk",
    "value_index": "value",
    "pressure_index": "pressure",
    "alternatives_index": "alternative",
}
"""Indices, and the hidden values they are to read."""
ORACLES = ("cost_investment", "cost_risk", "value", "pressure", "propensity", "alternative", "pull")
ORACLE = {
    "n_estimators": 150, "learning_rate": 0.05, "num_leaves": 15, "min_child_samples": 20, "colsample_bytree": 0.3,
    "n_jobs": 1, "verbose": -1,
}  # fmt: skip
CORRELATED = 0.6
LATER = date(2024, 7, 1)
"""The day after the history: by then it is known who has left."""
Array = npt.NDArray[np.float64]


def main() -> None:
    """Run what was asked for and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=6000)
    parser.add_argument("--seed", type=int, nargs="+", default=[7], help="Worlds to make. Tuned on: 7, 21, 22.")
    parser.add_argument("--cutoff", type=date.fromisoformat, default=date(2024, 3, 1))
    parser.add_argument("--only", choices=["relationships", "audit"], help="Leave the other part out.")
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
            found |= relationships(world_of(Path(folder), given, seed), given.cutoff)
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
    return {"churn AUC of staff": area, "propensity, rank correlation of staff": _alike(staff, here["propensity"])}


def relationships(history: Path, cutoff: date) -> dict[str, object]:
    """Indices, states and churn with all tables, then with order lines alone; and who left later."""
    hidden = pd.read_parquet(history / TRUTH / f"{cutoff}.parquet")
    later = pd.read_parquet(history / TRUTH / f"{LATER}.parquet")
    found: dict[str, object] = {}
    for name in ("world", "demo"):
        seen = read(configured(name), cutoff, history.parent / "rows.parquet", hidden)
        found[name] = {"churn": churn(seen), "indices": indices(seen), "states": states(seen)}
        found[name] |= {"oracle": oracle(seen)}
        if name == "world":
            found["later_switchers"] = switchers(seen, later)
    return found


@dataclass(frozen=True)
class Seen:
    """The customers eligible at a cutoff: `rows` holds indices, probabilities, the rule's signs and the truth, in
    columns `true_*`; `values` (n, features) is what is known of them."""

    rows: pd.DataFrame
    values: npt.NDArray[np.float32]


def read(config: Config, cutoff: date, out: Path, hidden: pd.DataFrame) -> Seen:
    """Learn, score and read the states, each from what was known before the cutoff."""
    walked = backtest(config, [cutoff], out).out
    scored = pd.read_parquet(walked).pivot_table(index="customer_id", columns="target", values="probability")
    labels = pd.read_parquet(walked).query("target == 'churn'").set_index("customer_id")["label"]
    store = read_store(config, known_before=cutoff).store
    matrix = snapshot(store, [cutoff], tasks(config)["churn"], config, scored_features(store, ()))
    here = matrix.spine.status == ELIGIBLE
    rows = pd.DataFrame({"customer_id": store.customer_ids[matrix.spine.customer[here]]})
    rows = rows.join(scored, on="customer_id").join(labels, on="customer_id")
    columns = {name: np.array(each, dtype=object)[here] for name, each in index_columns(store, matrix).items()}
    rows = rows.assign(**{name: columns[name].astype(float) for name in READS})
    propensity = rows["partnership"].to_numpy() if "partnership" in rows else None
    now = standing_of(store, matrix, rows["churn"].to_numpy(), propensity, config)
    told = signs(now, np.zeros(len(rows), dtype=bool), thresholds(config))
    rows = rows.assign(state=np.array(STATES)[told.codes], captive=told.captive, possible=told.captive_possible)
    likely = propensities(config, store, cutoff, rows["customer_id"])
    base = np.full(len(rows), likely[-1].mean())
    risen = rising_in(likely, base, thresholds(config).rise)
    rows = rows.assign(rise=likely[-1] - baseline(likely[:-1]), risen=risen)
    rows = rows.assign(prospective=risen & told.free & (rows["state"] == "transactional"))
    truth = hidden.assign(pull=pull(hidden)).add_prefix("true_").rename(columns={"true_customer_id": "customer_id"})
    return Seen(rows.merge(truth, on="customer_id", how="left", validate="one_to_one"), matrix.values)


def propensities(config: Config, store: LineStore, cutoff: date, customers: pd.Series) -> Array:
    """What one model, learned from what was mature at the cutoff, says of n customers along its course (cutoffs, n).

    NaN where a customer was not eligible yet.
    """
    task, dates = tasks(config)["partnership"], course_dates(cutoff, config)
    past = build_dataset(store, learnable_cutoffs(store, task, config), task, config)
    model = learn(past, task, config, present=build_dataset(store, [cutoff], task, config))
    matrix = snapshot(store, dates, task, config)
    found = []
    for place in range(len(dates)):
        part = at_cutoff(matrix, place)
        keys = store.customer_ids[part.spine.customer[part.spine.status == ELIGIBLE]]
        found.append(customers.map(pd.Series(probabilities(model, part), index=keys)).to_numpy(float))
    return np.array(found)


def pull(hidden: pd.DataFrame) -> pd.Series:
    """How far what others offer exceeds staying and the cost of leaving, in utils (n,)."""
    return hidden["alternative"] - hidden["value"] - hidden["cost_investment"] - hidden["cost_risk"]


def churn(seen: Seen) -> dict[str, float]:
    """AUC of the model and of the true probabilities on what then happened, and their ratio."""
    known = seen.rows[seen.rows["label"].notna()]
    model, truth = (roc_auc_score(known["label"], known[name]) for name in ("churn", "true_silence"))
    return {"model": model, "truth": truth, "ratio": model / truth}


def indices(seen: Seen) -> dict[str, float]:
    """Rank correlation of each index with the hidden value it is to read; of the propensity, and of alternatives with
    the pull, which is what the tables can show of them."""
    found = {name: _alike(seen.rows[name], seen.rows[f"true_{value}"]) for name, value in READS.items()}
    found["alternatives_index, the pull"] = _alike(seen.rows["alternatives_index"], seen.rows["true_pull"])
    found["propensity, its rise"] = _alike(seen.rows["rise"], seen.rows["true_propensity_rise"])
    return found | {"propensity": _alike(seen.rows["partnership"], seen.rows["true_propensity"])}


def states(seen: Seen) -> dict[str, dict[str, float]]:
    """Precision, recall and true share of each state; of being held, whether it drifts as well or not; of a risen
    propensity; and of prospective partners, whose propensity has risen and whose cost of leaving is still low."""
    rows = seen.rows
    found = {name: _found(rows["state"] == name, rows["true_state"] == name) for name in STATES}
    found["held"] = _found(rows["captive"], _held(rows))
    found["possibly held"] = _found(rows["captive"] | rows["possible"], _held(rows))
    truly = rising(rows["true_propensity_rise"].to_numpy(), rows["true_propensity"].mean())
    found["risen propensity"] = _found(rows["risen"], pd.Series(truly, index=rows.index))
    found["prospective_partner"] = _found(rows["prospective"], rows["true_prospective_partner"])
    return found


def oracle(seen: Seen) -> dict[str, float]:
    """The best reading there is: rank correlations, and the precision of being held where it equals recall."""
    found = {value: _alike(_learned(seen, f"true_{value}"), seen.rows[f"true_{value}"]) for value in ORACLES}
    held = _held(seen.rows).to_numpy()
    likely = _learned(seen, held)
    chosen = np.argsort(-likely, kind="stable")[: held.sum()]
    return found | {"held": float(held[chosen].mean())}


def switchers(seen: Seen, later: pd.DataFrame) -> dict[str, float]:
    """Switching costs of those who have decided to leave by the end of the history, over those of the others."""
    gone = set(later.loc[later["mode"].isin(["cooling", "gone"]), "customer_id"])
    here = seen.rows[seen.rows["true_mode"] == "staying"]
    went = here["customer_id"].isin(gone)
    cost = here.assign(true_cost=here["true_cost_investment"] + here["true_cost_risk"])
    names = ["true_cost", "true_cost_investment", "true_cost_risk", "investment_index", "risk_index"]
    means = {name: cost.loc[went, name].mean() / cost.loc[~went, name].mean() for name in names}
    return {"share": float(went.mean()), **means}


def _held(rows: pd.DataFrame) -> pd.Series:
    return (rows["true_state"] == "captive") | rows["true_captive_drifting"]


def _found(told: pd.Series, true: pd.Series) -> dict[str, float]:
    both = float((told & true).sum())
    return {"precision": both / max(told.sum(), 1), "recall": both / max(true.sum(), 1), "share": float(true.mean())}


def _alike(one: pd.Series | Array, other: pd.Series) -> float:
    return float(spearmanr(one, other, nan_policy="omit").statistic)


def _learned(seen: Seen, wanted: str | npt.NDArray[np.bool_]) -> Array:
    """Cross-validated predictions (n,) of a hidden value, or the probability of a hidden flag, from all features."""
    folds = KFold(3, shuffle=True, random_state=0)
    if isinstance(wanted, str):
        return cross_val_predict(LGBMRegressor(**ORACLE), seen.values, seen.rows[wanted].to_numpy(), cv=folds)
    model = LGBMClassifier(**ORACLE)
    return cross_val_predict(model, seen.values, wanted, cv=folds, method="predict_proba")[:, 1]


if __name__ == "__main__":
    main()
