"""Predictions with what came of them, kept so that two runs or two backtests can be compared on the same rows.

Columns: customer (text), cutoff (date), target (its kind), probability, uncalibrated, label, act_stays where watched.
The file says in its metadata what it speaks of: population, and window and name of each target; and what made it: the
settings that shape models, the features each learned from, and the fingerprint of the history, where it is known.

A run's file lies among the artefacts of the run, and there customers are named by a hash of their key, salted with the
name of the configuration. That pairs the rows of two runs and shows nobody by accident; it is a pseudonym, no secrecy:
who knows the keys can hash them too. A backtest's file is the user's own and holds the keys themselves.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.errors import UsageProblem
from models.evaluation.staying import STAYS
from models.evaluation.tested_rows import MODEL, UNCALIBRATED
from models.stored import Model
from pipeline.config import Config
from pipeline.evaluation.evaluate import Test
from pipeline.matrices.tasks import Task
from pipeline.settings.flat import SECTIONS, flat

FILE = "test_rows.parquet"
CONTEXT = "moorings"
NEEDED = ("cutoff", "target", "probability", "uncalibrated", "label")
STAYED = f"act_{STAYS}"
HASH_BYTES = 12
MARK = 12
"""Signs of a feature's fingerprint that tell its definitions apart."""


@dataclass(frozen=True)
class KnownOutcomes:
    """Rows with known outcomes, and what they speak of; `source` is where they are from, for messages."""

    source: str
    rows: pd.DataFrame
    context: Mapping[str, Any]

    def kinds(self) -> list[str]:
        """The kinds of target there are rows of."""
        return sorted(self.rows["target"].unique())

    def of(self, kind: str) -> pd.DataFrame:
        """The rows of a kind of target."""
        return self.rows[self.rows["target"] == kind]


def context_of(
    config: Config, tasks: Mapping[str, Task], models: Mapping[str, Model], history: str = ""
) -> dict[str, Any]:
    """What predictions speak of, the supplier, who counts, and what is watched over which days, and what made them.

    Args:
        config: the settings.
        tasks: by kind of target.
        models: likewise; of several that predicted, the last.
        history: its fingerprint.
    """
    windows = {
        kind: {
            "target": task.target.name,
            "definition": task.target.fingerprint,
            "gap_days": task.window.gap_days,
            "horizon_days": task.window.horizon_days,
        }
        for kind, task in tasks.items()
    }
    spoken = {"name": config.name, "population": config.population.model_dump(), "targets": windows}
    settings = {name: str(value) for name, value in flat(config.model_dump(include=SECTIONS)).items()}
    return {**spoken, "settings": settings, "features": {kind: _marks(each) for kind, each in models.items()}} | (
        {"history": history} if history else {}
    )


def _marks(model: Model) -> dict[str, str]:
    """The features a model learned from, and by what their definitions are told apart."""
    return {name: mark[:MARK] for name, mark in zip(model.names, model.scope.fingerprints, strict=True)}


def pseudonyms(customer_id: npt.ArrayLike, name: str) -> list[str]:
    """Customer keys (n,) as hashes, the same for the same configuration name."""
    return [
        hashlib.blake2b(f"{name}\x1f{key}".encode(), digest_size=HASH_BYTES).hexdigest()
        for key in np.asarray(customer_id).astype(str)
    ]


def test_rows_file(
    test: Test, customer_id: npt.ArrayLike, kind: str, task: Task, config: Config, model: Model, history: str = ""
) -> bytes:
    """The test rows of a run as Parquet, customers by pseudonym; for the rest see `context_of`."""
    columns = {
        "customer": pseudonyms(customer_id, config.name),
        "cutoff": test.rows.cutoff,
        "target": kind,
        "probability": test.rows.scores[MODEL],
        "uncalibrated": test.rows.scores[UNCALIBRATED],
        "label": test.rows.label,
    }
    stayed = {} if test.stayed is None else {STAYED: test.stayed}
    table = pd.DataFrame(columns | stayed)
    table.attrs[CONTEXT] = context_of(config, {kind: task}, {kind: model}, history)
    stream = io.BytesIO()
    table.to_parquet(stream, index=False)
    return stream.getvalue()


test_rows_file.__test__ = False  # type: ignore[attr-defined]


def read_outcomes(path: Path, source: str) -> KnownOutcomes:
    """Read the rows of a run or of a backtest; those without a known outcome are left out.

    Raises:
        UsageProblem: the file is missing, no Parquet, or was not written by a run or a backtest.
    """
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise _unreadable(source, type(error).__name__) from error
    context = table.attrs.get(CONTEXT)
    missing = [name for name in NEEDED if name not in table.columns]
    if not isinstance(context, dict) or missing:
        raise _unreadable(source, f"a table without {', '.join(missing) or 'a note of what it speaks of'}")
    if "customer" not in table.columns:
        table["customer"] = pseudonyms(table["customer_id"].to_numpy(), context["name"])
    table["cutoff"] = table["cutoff"].astype("datetime64[s]")
    return KnownOutcomes(source, table[table["label"].notna()], context)


def _unreadable(source: str, got: str) -> UsageProblem:
    return UsageProblem(
        "These predictions cannot be read.",
        where=source,
        got=got,
        expected="a Parquet file written by moorings backtest, or a training run that kept its test rows",
        todo="run moorings backtest --out <name>.parquet, or train again: moorings train",
    )
