"""What a run leaves in MLflow: numbers, the history it learned from, trials and files.

What is logged describes data, never holds it: no customer appears in parameters, metrics or tags. MLflow and its client
are handed in, talking to our database, see `tracking.py`.
"""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any, Protocol

from pipeline.process.run_id import run_id
from pipeline.registry.served import FILES
from pipeline.registry.tracked import Run

HELD_OUT = "held_out"
"""Artefact folder of the stand-in: the model that was tested in place of the run's own, whose folder is `FILES`."""
DIGEST = 36
"""Characters of the digest of a data set that MLflow's database has room for."""


class DataLog(Protocol):
    """What is asked of a client of MLflow."""

    def log_inputs(self, run_id: str, datasets: list[Any]) -> None:
        """Keep the data sets that a run learned from."""


def log_numbers(mlflow: ModuleType, run: Run) -> None:
    """Tags, parameters and metrics of the active run; metrics that are NaN are left out."""
    mlflow.set_tags({**run.tags, "moorings.run_id": run_id()})
    mlflow.log_params({name: str(value)[:500] for name, value in run.parameters.items()})
    mlflow.log_metrics({name: value for name, value in run.metrics.items() if value == value})  # noqa: PLR0124
    for name, points in run.per_cutoff.items():
        for step, value in points:
            if value == value:  # noqa: PLR0124 - not NaN
                mlflow.log_metric(name, value, step=step)


def log_data(mlflow: ModuleType, client: DataLog, run: Run, active: str) -> None:
    """The history as a data set of the run `active`, so that runs can be found by it: counts, fingerprint, no path."""
    if run.learned_from is None:
        return
    entities, data = mlflow.entities, run.learned_from
    source = json.dumps({"tags": {"fingerprint": data.digest}})
    found = entities.Dataset(data.name, data.digest[:DIGEST], "code", source, profile=json.dumps(data.profile))
    tags = {"mlflow.data.context": "training", **data.tags}
    inputs = entities.DatasetInput(found, [entities.InputTag(*tag) for tag in tags.items()])
    client.log_inputs(active, [inputs])


def log_trials(mlflow: ModuleType, run: Run, experiment: str) -> None:
    """Each trial as a run below this one: the first is the settings as configured; less log-loss is better."""
    for number, trial in enumerate(run.trials):
        name = f"trial {number}" if number else "trial 0, as configured"
        with mlflow.start_run(experiment_id=experiment, run_name=name, nested=True):
            mlflow.log_params(dict(trial.settings))
            mlflow.log_metric("mean_log_loss", trial.loss)


def log_files(mlflow: ModuleType, run: Run) -> None:
    """The data files of the model and of the one tested in its stead, texts, plots and tables."""
    mlflow.log_artifacts(str(run.model), FILES)
    if run.held_out is not None:
        mlflow.log_artifacts(str(run.held_out), HELD_OUT)
    for name, text in run.texts.items():
        mlflow.log_text(text, name)
    for folder, files in (("plots", run.plots), (None, run.tables)):
        for name, content in files.items():
            path = run.model.parent / name
            path.write_bytes(content)
            mlflow.log_artifact(str(path), folder)
