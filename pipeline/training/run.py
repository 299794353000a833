"""What a training leaves behind in the tracking database: settings, figures, charts, pages and files of a candidate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from models.fit_settings import Scope
from pipeline.config import Config
from pipeline.evaluation.check_figures import check_figures
from pipeline.evaluation.evaluate import charts
from pipeline.evaluation.known_outcomes import FILE, test_rows_file
from pipeline.process.plain_json import plain
from pipeline.process.run_id import run_id
from pipeline.registry.run_logging import HELD_OUT
from pipeline.registry.tracked import LearnedFrom, Run
from pipeline.sources.history import Reading
from pipeline.training.candidate import Candidate
from pipeline.training.outcome import per_cutoff, totals
from pipeline.training.run_parameters import run_parameters


def run_of(candidate: Candidate, reading: Reading, config: Config, place: Path, marks: Mapping[str, str]) -> Run:
    """The run of a tested model.

    Args:
        candidate: the model.
        reading: the history it learned from.
        config: the settings.
        place: the folder of its files; the model tested in its stead lies beside it, in `held_out`.
        marks: tags of the version that is registered.
    """
    why = candidate.horizon_chosen
    return Run(
        name=candidate.kind,
        parameters=run_parameters(config, candidate.model) | ({"partnership.horizon_chosen": why} if why else {}),
        metrics={**totals(candidate.test), **check_figures(candidate.checks)},
        per_cutoff=per_cutoff(candidate.test),
        tags=_tags(candidate.model.scope, reading),
        plots=charts(candidate.test, candidate.checks, candidate.model, candidate.task),
        texts={
            "report.md": f"{candidate.report(config)}\nRun {run_id()}.\n",
            "checks.json": _json(candidate.checks.summary()),
            "test.json": _json(candidate.test.summary()),
            "account.json": _json(reading.summary()),
        },
        model=place,
        inputs=candidate.model.names,
        tables={FILE: _test_rows(candidate, reading, config)},
        trials=candidate.trials,
        held_out=place.with_name(HELD_OUT),
        marks=marks,
        description=_description(candidate),
        learned_from=_learned_from(candidate, reading, config),
    )


def _tags(scope: Scope, reading: Reading) -> dict[str, str]:
    """What the run can be found by: the data it learned from, and of whom and when its model speaks."""
    return {
        "input_fingerprint": reading.fingerprint,
        **{f"fingerprint.{table}": digest for table, digest in reading.tables.items()},
        "target": scope.target,
        "population": f"{scope.min_order_days} order days, active in {scope.activity_days} days",
        "window": f"gap {scope.gap_days} days, horizon {scope.horizon_days} days",
        "trained_on": f"{scope.cutoffs[0]} to {scope.cutoffs[-1]}, {scope.rows} rows",
    }


def _json(found: object) -> str:
    return json.dumps(plain(found), indent=1)


def _test_rows(candidate: Candidate, reading: Reading, config: Config) -> bytes:
    of = (candidate.kind, candidate.task, config, candidate.held_out, reading.fingerprint)
    return test_rows_file(candidate.test, candidate.customers, *of)


def _learned_from(candidate: Candidate, reading: Reading, config: Config) -> LearnedFrom:
    """The history by its fingerprint: rows used, table by table, and what this model made of it."""
    scope, tables = candidate.model.scope, (reading.account, *reading.beside)
    rows = {account.table: account.rows_used for account in tables}
    profile = {"num_rows": reading.account.rows_used, "rows": rows, "currency": reading.history.currency}
    tags = {"target": scope.target, "rows": str(scope.rows), "cutoffs": str(len(scope.cutoffs))}
    return LearnedFrom(config.name, reading.fingerprint, profile, tags)


def _description(candidate: Candidate) -> str:
    """What the registered version foretells of whom, and what it asks for, to who finds it in MLflow."""
    scope, names = candidate.model.scope, candidate.model.names
    return (
        f"{candidate.task.target.description} Watched for {scope.horizon_days} days from {scope.gap_days} days after "
        f"the date. Of customers with {scope.min_order_days} order days or more, the last within {scope.activity_days} "
        f"days. In: a data frame with the {len(names)} features of the signature, numbers as floats, NaN where not "
        "known, in any order, as `pipeline.matrices.dataset.snapshot` computes them; `moorings features` tells what "
        "each means. Out: `probability`, calibrated. `moorings score` does both."
    )
