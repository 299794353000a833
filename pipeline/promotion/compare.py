"""Comparing two runs or two backtests on the same rows: what differs, and whether chance explains it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from features.errors import DataProblem
from models.evaluation.bootstrap import Draws, redraw
from models.evaluation.interval import Interval
from pipeline.config import Config
from pipeline.evaluation.known_outcomes import FILE, STAYED, KnownOutcomes, read_outcomes
from pipeline.learning.drawing import draws_of
from pipeline.matrices.dataset import usable_threads
from pipeline.promotion.contests import COMPARED, FIRST, SECOND, CompareOutcome, Contest
from pipeline.promotion.designs import Designs
from pipeline.registry.champion import tracking_of

KEYS = ["customer", "cutoff"]
NAMED = "customer_id"
"""The key itself, which backtests hold: a figure has one interval, whichever command tells it."""


def compare_runs(first: str, second: str, config: Config) -> CompareOutcome:
    """Compare two predictions of the same rows.

    Args:
        first: a Parquet file of a backtest, a run id, or a registered version, "acme-churn/3".
        second: likewise; the differences are of it less the first.
        config: where runs are kept, and the redraws.

    Raises:
        UsageProblem: one of them cannot be found or read.
        DataProblem: they speak of other customers, other days or other outcomes.
    """
    sides = (_outcomes(first, config), _outcomes(second, config))
    kinds = [kind for kind in sides[0].kinds() if kind in sides[1].kinds()]
    _check_context(*sides, kinds)
    contests, notes = [], []
    for kind in kinds:
        paired, left = _paired(*sides, kind)
        notes += [f"{kind}: {left:,} rows that only one side holds are left out"] if left else []
        contests += list(_contests(paired, kind, config))
    designs = Designs.of(sides[0].context, sides[1].context, kinds)
    return CompareOutcome(first, second, tuple(contests), tuple(notes), designs)


def _outcomes(reference: str, config: Config) -> KnownOutcomes:
    if reference.endswith(".parquet"):
        return read_outcomes(Path(reference), reference)
    return read_outcomes(tracking_of(config).artefact(reference, FILE), reference)


def _check_context(first: KnownOutcomes, second: KnownOutcomes, kinds: list[str]) -> None:
    """Refuse to compare what does not speak of the same customers, days and outcomes."""
    spoken = [_spoken(side, kinds) for side in (first, second)]
    other = [name for name in spoken[0] if spoken[0][name] != spoken[1].get(name)]
    if kinds and not other:
        return
    shown = [
        ", ".join(f"{name} {side.get(name)}" for name in other) or f"targets {', '.join(found.kinds())}"
        for side, found in zip(spoken, (first, second), strict=True)
    ]
    raise DataProblem(
        "These do not speak of the same rows, so their figures cannot be compared.",
        where=f"{first.source} and {second.source}",
        got=f"{shown[0]} in the first; {shown[1]} in the second",
        expected="the same supplier, population, targets, windows and cutoffs",
        todo="train or backtest both with the same settings of [population], [time] and [partnership], and cutoffs; a "
        "horizon that the history chose can be stated in the configuration",
    )


def _spoken(side: KnownOutcomes, kinds: list[str]) -> dict[str, str]:
    """What a side speaks of, by name, as text."""
    found = {"supplier": str(side.context["name"])}
    found |= {name: str(value) for name, value in side.context["population"].items()}
    for kind in kinds:
        found |= {f"{kind} {name}": str(value) for name, value in side.context["targets"][kind].items()}
        days = sorted(str(day.date()) for day in side.of(kind)["cutoff"].unique())
        found[f"{kind} cutoffs"] = ", ".join(days)
    return found


def _paired(first: KnownOutcomes, second: KnownOutcomes, kind: str) -> tuple[pd.DataFrame, int]:
    """The rows that both hold, and how many only one does.

    Raises:
        DataProblem: the two know different outcomes of the same rows, or share none.
    """
    columns = [*KEYS, "probability", "label"]
    more = [STAYED] if STAYED in first.rows.columns else []
    more += [NAMED] if all(NAMED in side.rows.columns for side in (first, second)) else []
    paired = first.of(kind)[columns + more].merge(second.of(kind)[columns], on=KEYS, suffixes=("", "_second"))
    differ = int((paired["label"] != paired["label_second"]).sum())
    if differ or paired.empty:
        raise DataProblem(
            "The two do not know the same outcomes.",
            where=f"{first.source} and {second.source}, {kind}",
            got=f"{differ:,} of {len(paired):,} shared rows have another outcome" if differ else "no row in common",
            expected="the same outcome of the same customer at the same cutoff",
            todo="use the same history and the same definition of the target for both",
        )
    return paired, len(first.of(kind)) + len(second.of(kind)) - 2 * len(paired)


def _contests(paired: pd.DataFrame, kind: str, config: Config) -> Iterator[Contest]:
    yield _contest(paired, kind, config)
    if STAYED in paired.columns and paired[STAYED].notna().any():
        stayed = paired[paired[STAYED] == 1]
        if 0 < stayed["label"].sum() < len(stayed):
            yield _contest(stayed, f"{kind} among those who stayed", config)


def _contest(paired: pd.DataFrame, title: str, config: Config) -> Contest:
    drawn = _drawn(paired, config)
    return Contest(
        title=title,
        rows=len(paired),
        customers=paired["customer"].nunique(),
        base_rate=float(paired["label"].mean()),
        first={metric: drawn.interval(FIRST, metric) for metric in COMPARED},
        second={metric: drawn.interval(SECOND, metric) for metric in COMPARED},
        difference={metric: drawn.difference(SECOND, FIRST, metric) for metric in COMPARED},
        by_date=_by_date(paired, config),
    )


def _by_date(paired: pd.DataFrame, config: Config) -> dict[str, Interval]:
    """The difference in AUC at each of several cutoffs."""
    days = paired["cutoff"].dt.strftime("%Y-%m-%d")
    if days.nunique() < 2:
        return {}
    rows = {str(day): paired[days == day] for day in sorted(days.unique())}
    return {day: _drawn(each, config).difference(SECOND, FIRST, "roc_auc") for day, each in rows.items()}


def _drawn(paired: pd.DataFrame, config: Config) -> Draws:
    """Both predictions on the same redrawn customers: of backtests those that `moorings backtest` draws, too."""
    return redraw(
        paired[NAMED if NAMED in paired.columns else KEYS[0]].to_numpy(),
        paired["label"].to_numpy(),
        {FIRST: paired["probability"].to_numpy(), SECOND: paired["probability_second"].to_numpy()},
        **draws_of(config),
        workers=usable_threads(config),
    )
