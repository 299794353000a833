"""Walking forward: at each date, train on what was known and mature by then, score it, and wait for what happens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.engine.store import EPOCH, LineStore, day_number
from features.errors import DataProblem, ModelProblem, UsageProblem
from models.baselines import scores
from models.propensity import Propensity
from models.stored import Model
from pipeline.config import Config
from pipeline.evaluation.backtest_figures import BASELINE, Figures, figures_of
from pipeline.evaluation.backtest_rivals import with_staying
from pipeline.evaluation.backtest_table import table_text
from pipeline.evaluation.base_rate import base_rate_note
from pipeline.evaluation.known_outcomes import CONTEXT, context_of
from pipeline.evaluation.second_opinion import survival_columns
from pipeline.learning.horizon import Horizon, chosen_horizon, with_horizon
from pipeline.learning.learning import first_and_end, learn, learnable_cutoffs
from pipeline.matrices.category_losses import stopped_categories
from pipeline.matrices.dataset import Dataset, build_dataset
from pipeline.matrices.known_history import KnownHistory
from pipeline.matrices.tasks import Task, tasks
from pipeline.process.files import replacing
from pipeline.process.progress import stage
from pipeline.sources.store import read_store

WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": lambda table, path: table.to_csv(path, index=False),
    ".parquet": lambda table, path: table.to_parquet(path, index=False),
}
DATE = len("2024-06-30")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class BacktestOutcome:
    """Where the rows are, how many, how well each cutoff and target was predicted, what was left out, what was read.

    `notes` says by target, or by target and cutoff, what a reader has to know of its figures or why there are none.
    """

    out: Path
    rows: int
    figures: Figures
    left_out: dict[str, str]
    account: dict[str, object]
    notes: dict[str, str]

    def summary(self) -> dict[str, object]:
        """JSON-able: file, rows, a record per target and cutoff and per target, what was left out, notes, account."""
        found = {"out": str(self.out), "rows": self.rows, **self.figures.summary(), "left_out": self.left_out}
        return found | {"notes": self.notes, "account": self.account}

    def text(self) -> str:
        """Tables of metrics and of rivals per target, cutoff and over all cutoffs, where there are any, and notes."""
        table = table_text(self.figures)
        notes = [f"note: {target}: {note}" for target, note in self.notes.items()]
        notes += [f"left out: {what}: {why}" for what, why in self.left_out.items()]
        return "\n".join([*([table, ""] if table else []), *notes, f"{self.rows:,} rows in {self.out}"])


def backtest(config: Config, cutoffs: Sequence[date], out: Path) -> BacktestOutcome:
    """Walk forward over `cutoffs` and write one row per customer, cutoff and target to `out`.

    Columns: customer_id, cutoff, target, probability, uncalibrated, label, known_on_label (the day the label is
    mature), observable (the acts that could be observed), baseline_* (higher means likelier; of partnership also
    baseline_not_leaving, 1 less the predicted chance of leaving), and act_* for each act: 1, 0, or null where immature
    or not observable. `label` is null where immature. For partial churn,
    act_stopped_categories names the categories that were not bought any more. With [training] survival, rows of churn
    have the survival_* columns of `second_opinion.survival_columns`.

    An open horizon of partnership is chosen once, by what was known at the earliest cutoff.
    The first target has to be learnable at every cutoff; where a later one is not, it is left out, with the reason.

    Raises:
        UsageProblem: no cutoff, or `out` is neither .csv nor .parquet.
        DataProblem: a cutoff lies before anything can be learned, or after the history.
        ModelProblem: the first target has too few rows of either class.
    """
    _check_usage(cutoffs, out)
    found = read_store(config)
    reading = found.reading
    logger.info("%s", reading.text())
    known_history = KnownHistory.of(reading.history, found.store)
    config, horizon = _settled(known_history, min(cutoffs), config)
    parts: list[pd.DataFrame] = []
    models: dict[str, Model] = {}
    left_out: dict[str, str] = {}
    walks = [*product(tasks(config), sorted(set(cutoffs)))]
    for done, (kind, cutoff) in enumerate(walks):
        try:
            with stage(f"{kind} at {cutoff}", done / len(walks)):
                rows, models[kind] = _walk(known_history, tasks(config)[kind], cutoff, config)
                parts.append(rows)
        except (DataProblem, ModelProblem) as problem:
            if kind == next(iter(tasks(config))):
                raise
            left_out[f"{kind} at {cutoff}"] = f"{problem.what} {problem.got}"
    table = with_staying(pd.concat(parts, ignore_index=True))
    table.attrs[CONTEXT] = context_of(config, tasks(config), models, reading.fingerprint)
    with replacing(out) as draft:
        WRITERS[out.suffix](table, draft)
    notes = _notes(table, config, horizon)
    return BacktestOutcome(out, len(table), figures_of(table, config), left_out, reading.summary(), notes)


def _settled(known_history: KnownHistory, earliest: date, config: Config) -> tuple[Config, Horizon]:
    """The configuration with its horizon of partnership stated, and that horizon: one for all cutoffs.

    Where it is open, what was known at the earliest cutoff decides: nothing that came later is looked at, and figures
    of several cutoffs speak of one question.
    """
    known = known_history.store.known_before(day_number(earliest))
    known = known if known.day.size else known_history.store  # nothing to learn from then, as the walk will say
    horizon = chosen_horizon(config, *first_and_end(known))
    if horizon.why:
        logger.info("partnership: %s", horizon.note())
    return with_horizon(config, horizon.days), horizon


def _notes(table: pd.DataFrame, config: Config, horizon: Horizon) -> dict[str, str]:
    """By target what to say of its horizon and base rate, and by cutoff where no label is mature."""
    labels = {str(kind): rows["label"].to_numpy(float) for kind, rows in table.groupby("target")}
    told: dict[str, str] = {kind: base_rate_note(label, kind, config) for kind, label in labels.items()}
    if horizon.why and "partnership" in told:
        told["partnership"] = "; ".join(filter(None, (horizon.note(), told["partnership"])))
    for (kind, cutoff), rows in table.groupby(["target", "cutoff"]):
        if rows["label"].isna().all():
            day = str(rows["known_on_label"].iloc[0])[:DATE]
            known = f"what came is known once the history reaches {day}: predictions without figures"
            told[f"{kind} at {str(cutoff)[:DATE]}"] = known
    return {what: note for what, note in told.items() if note}


def _check_usage(cutoffs: Sequence[date], out: Path) -> None:
    if not cutoffs:
        raise UsageProblem(
            "No cutoff was given.",
            where="--cutoffs",
            got="nothing",
            expected="dates, separated by commas",
            todo="give for example --cutoffs 2024-01-31,2024-04-30",
        )
    if out.suffix not in WRITERS:
        raise UsageProblem(
            "The results cannot be written in this format.",
            where="--out",
            got=str(out),
            expected=f"a file name that ends with {' or '.join(WRITERS)}",
            todo="give the file one of these endings",
        )


def _walk(known_history: KnownHistory, task: Task, cutoff: date, config: Config) -> tuple[pd.DataFrame, Propensity]:
    """Train on what was known and mature at `cutoff`, and score the customers eligible then."""
    known = known_history.known_before(cutoff)
    _check_known(known_history.store, known.store, task, cutoff, config)
    cutoffs = learnable_cutoffs(known.store, task, config)
    past = build_dataset(known.store, cutoffs, task, config, tables=known.tables)
    present = build_dataset(
        known.store, [cutoff], task, config, hindsight=known_history.store, tables=known_history.tables
    )
    with stage(f"learning from {len(past):,} rows"):
        model = learn(past, task, config, present=present)
    rows = _rows(present, model, task.target.kind)
    if config.training.survival and task.target.kind == "churn":
        rows = rows.assign(**survival_columns(known, present, task.window, config))
    if task.target.name == "partial":
        rows["act_stopped_categories"] = stopped_categories(
            present, task, known_history.lines, known_history.store, config
        )
    return rows, model


def _rows(present: Dataset, model: Propensity, kind: str) -> pd.DataFrame:
    columns: dict[str, object] = {
        "customer_id": present.customer_id,
        "cutoff": present.cutoff,
        "target": kind,
        "probability": model.probability(present.values, present.names),
        "uncalibrated": model.uncalibrated(present.values, present.names),
        "label": present.label,
        "known_on_label": present.closes,
        "observable": _observable(present),
    }
    columns |= {f"{BASELINE}{name}": score for name, score in scores(kind, present.values, present.names).items()}
    return pd.DataFrame(columns | {f"act_{name}": act for name, act in present.acts.items()})


def _observable(present: Dataset) -> npt.NDArray[np.object_]:
    """The acts that could be observed of each row, as text (rows,); "" where the label is immature."""
    seen = {name: ~np.isnan(act) for name, act in present.acts.items()}
    return np.array([" ".join(name for name in seen if seen[name][row]) for row in range(len(present))], dtype=object)


def _check_known(store: LineStore, known: LineStore, task: Task, cutoff: date, config: Config) -> None:
    first, end = (EPOCH + timedelta(days=int(day)) for day in (store.day.min(), store.end))
    if known.day.size and cutoff <= end and learnable_cutoffs(known, task, config):
        return
    needed = timedelta(days=task.window.days_to_maturity + 1)
    raise DataProblem(
        f"At {cutoff} there is nothing to learn from." if cutoff <= end else f"The history ends before {cutoff}.",
        where=f"--cutoffs, target {task.target.name}",
        got=str(cutoff),
        expected=f"a date from {first + needed} to {end}: the history, less one gap and horizon at its start",
        todo="choose a later cutoff, a shorter horizon, or a longer history",
    )
