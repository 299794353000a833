"""Runs and registered models in MLflow: the only file that imports it.

The tracking database is SQLite under the folder of the runs unless a tracking address is configured; artefacts lie
beside it. What is logged describes data, never holds it: no customer appears in parameters, metrics or tags.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from features.errors import ModelProblem, UsageProblem
from pipeline.locks import locked
from pipeline.run_id import run_id

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from models.tuning import Trial

CHAMPION = "champion"
FILES = "propensity"
"""The folder, among the artefacts of a run, that holds the data files of its model."""
PACKAGES = ("lightgbm", "numpy", "pandas", "scipy")
"""What a registered model needs where it is loaded; its own code travels with it."""
QUIET = ("mlflow", "alembic", "sqlalchemy")
ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false",
    "GIT_PYTHON_REFRESH": "quiet",
}
"""Set before MLflow is imported: it reads them then. No telemetry, no bars, no notes of our environment."""


@dataclass(frozen=True)
class Run:
    """What a training run leaves behind.

    `metrics` are flat: name to number; NaN is left out. `plots` are PNG bytes by file name. `model` is the folder
    of a saved Propensity; `inputs` its feature names in order. `tables` are Parquet files by name, which lie in the
    run's own folder and hold customers by pseudonym only. `trials` are the settings tried, each with its loss: they
    become runs below this one.
    """

    name: str
    parameters: Mapping[str, object]
    metrics: Mapping[str, float]
    per_cutoff: Mapping[str, Sequence[tuple[int, float]]]
    tags: Mapping[str, str]
    plots: Mapping[str, bytes]
    texts: Mapping[str, str]
    model: Path
    inputs: Sequence[str]
    tables: Mapping[str, bytes] = field(default_factory=dict)
    trials: Sequence[Trial] = ()


@dataclass(frozen=True)
class Registered:
    """A registered version of a model: where its data files are, and the digest they had when it was registered."""

    name: str
    version: str
    run_id: str
    digest: str
    folder: Path = field(compare=False)


@dataclass(frozen=True)
class Tracking:
    """The tracking database of one folder of runs; `uri` empty means SQLite in that folder."""

    folder: Path
    experiment: str
    uri: str = ""

    @property
    def address(self) -> str:
        """Where MLflow finds the database."""
        return self.uri or f"sqlite:///{self.folder.resolve() / 'tracking.db'}"

    @cached_property
    def _mlflow(self) -> ModuleType:
        """MLflow, imported with telemetry off and talking to our database."""
        os.environ.update(ENVIRONMENT)
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.ERROR)
        import mlflow  # noqa: PLC0415 - takes seconds

        for name in QUIET:
            logging.getLogger(name).setLevel(logging.ERROR)
        mlflow.set_tracking_uri(self.address)
        mlflow.set_registry_uri(self.address)
        return mlflow

    @cached_property
    def _client(self) -> MlflowClient:
        """A client of a database that exists. Two processes creating it together would break it for good."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder / ".tracking.lock"):
            client = self._mlflow.MlflowClient()
            if client.get_experiment_by_name(self.experiment) is None:
                client.create_experiment(self.experiment, artifact_location=self._artefacts())
        return client

    def _artefacts(self) -> str | None:
        """An absolute place; MLflow's default is the current directory. A server decides for itself."""
        return None if self.uri else (self.folder.resolve() / "artefacts").as_uri()

    def log(self, run: Run, model_name: str, digest: str) -> Registered:
        """Keep a run with its artefacts and register its model as a new version, without an alias."""
        client = self._client
        experiment = client.get_experiment_by_name(self.experiment)
        with (
            warnings.catch_warnings(action="ignore"),
            self._mlflow.start_run(experiment_id=experiment.experiment_id, run_name=run.name) as active,
        ):
            self._log_numbers(run)
            self._log_trials(run, experiment.experiment_id)
            self._log_files(run)
            logged = self._log_model(run)
            run_id = active.info.run_id
        version = self._register(model_name, logged, {"digest": digest, "target": run.name})
        return Registered(model_name, version, run_id, digest, self._files(run_id))

    def _log_numbers(self, run: Run) -> None:
        self._mlflow.set_tags({**run.tags, "moorings.run_id": run_id()})
        self._mlflow.log_params({name: str(value)[:500] for name, value in run.parameters.items()})
        self._mlflow.log_metrics({name: value for name, value in run.metrics.items() if value == value})  # noqa: PLR0124
        for name, points in run.per_cutoff.items():
            for step, value in points:
                if value == value:  # noqa: PLR0124 - not NaN
                    self._mlflow.log_metric(name, value, step=step)

    def _log_trials(self, run: Run, experiment: str) -> None:
        for number, trial in enumerate(run.trials):
            with self._mlflow.start_run(experiment_id=experiment, run_name=f"trial {number}", nested=True):
                self._mlflow.log_params(dict(trial.settings))
                self._mlflow.log_metric("loss", trial.loss)

    def _log_files(self, run: Run) -> None:
        self._mlflow.log_artifacts(str(run.model), FILES)
        for name, text in run.texts.items():
            self._mlflow.log_text(text, name)
        for folder, files in (("plots", run.plots), (None, run.tables)):
            for name, content in files.items():
                path = run.model.parent / name
                path.write_bytes(content)
                self._mlflow.log_artifact(str(path), folder)

    def _log_model(self, run: Run) -> Any:
        """The data files behind MLflow's interface, with the code that reads them and exact requirements."""
        return self._mlflow.pyfunc.log_model(
            name="model",
            python_model=str(ROOT / "pipeline" / "registered_model.py"),
            artifacts={FILES: str(run.model)},
            code_paths=[str(ROOT / "models"), str(ROOT / "features")],
            signature=self._signature(run.inputs),
            pip_requirements=[f"{name}=={version(name)}" for name in ("mlflow", *PACKAGES)],
        )

    def _signature(self, names: Sequence[str]) -> Any:
        """Every feature as a double, into which MLflow also takes floats; out comes a probability."""
        from mlflow.models import ModelSignature  # noqa: PLC0415
        from mlflow.types import ColSpec, Schema  # noqa: PLC0415

        inputs = Schema([ColSpec("double", name, required=True) for name in names])
        return ModelSignature(inputs, Schema([ColSpec("double", "probability")]))

    def _register(self, name: str, logged: Any, tags: dict[str, str]) -> str:
        """A new version of a registered model; two processes may be the first to register a name."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        created = self._client.create_model_version(
            name, logged.model_uri, run_id=logged.run_id, tags=tags, model_id=logged.model_id
        )
        return str(created.version)

    def promote(self, model: Registered) -> None:
        """Make a registered version the champion of its name."""
        self._client.set_registered_model_alias(model.name, CHAMPION, model.version)

    def champion(self, name: str) -> Registered | None:
        """The champion of a name with its data files, or None where there is none."""
        found = self._by_alias(name)
        if found is None:
            return None
        folder = self._files(found.run_id)
        return Registered(name, str(found.version), found.run_id, found.tags.get("digest", ""), folder)

    def _by_alias(self, name: str) -> Any:
        if not self._exists():
            return None  # asking would create a database
        client = self._client
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        try:
            return client.get_model_version_by_alias(name, CHAMPION)
        except MlflowException as error:
            if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                return None
            raise

    def artefact(self, reference: str, name: str) -> Path:
        """A file that a run left behind, by run id or by registered version, such as "acme-churn/3".

        Raises:
            UsageProblem: there is no such run or version.
            ModelProblem: the run does not hold the file.
        """
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        if not self._exists():
            raise self._unknown(reference)  # asking would create a database
        model, _, number = reference.rpartition("/")
        try:
            found = self._client.get_model_version(model, number).run_id if model else reference
            self._client.get_run(found)
        except MlflowException as error:
            raise self._unknown(reference) from error
        return self._files(found, name)

    def _exists(self) -> bool:
        """Whether there is a database to ask; a server is taken to be there."""
        return bool(self.uri) or (self.folder / "tracking.db").is_file()

    def _unknown(self, reference: str) -> UsageProblem:
        return UsageProblem(
            "There is no such run or registered version.",
            where=self.address,
            got=reference,
            expected="a run id of 32 letters and digits, or a name and version such as acme-churn/3",
            todo="see mlflow ui for the runs there are, or give --config of the supplier they are of",
        )

    def _files(self, run_id: str, name: str = FILES) -> Path:
        """Data files of a run, by default the folder of its model: where they lie, or a copy of what a server keeps."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        try:
            place = f"{self._client.get_run(run_id).info.artifact_uri}/{name}"
            if place.startswith("file:"):
                return Path(url2pathname(urlsplit(place).path))
            return Path(self._mlflow.artifacts.download_artifacts(artifact_uri=place))
        except (MlflowException, OSError) as error:
            raise ModelProblem(
                "The files of the registered model cannot be found.",
                where=f"run {run_id} in {self.address}",
                got=type(error).__name__,
                expected=f"{name} among the artefacts of the run",
                todo="restore the artefacts of the run, or train again: moorings train",
            ) from error
