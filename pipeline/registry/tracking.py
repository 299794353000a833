"""Runs and registered models in MLflow: the only file that imports it.

The tracking database is SQLite under the folder of the runs unless a tracking address is configured; artefacts lie
beside it. What is logged describes data, never holds it: no customer appears in parameters, metrics or tags.
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from features.errors import ModelProblem, UsageProblem
from pipeline.process.locks import locked
from pipeline.process.run_id import run_id
from pipeline.registry.open_runs import close_left_open
from pipeline.registry.run_logging import log_data, log_files, log_numbers, log_trials
from pipeline.registry.served import FILES, log_model
from pipeline.registry.tracked import Registered, Run

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.models.model import ModelInfo

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"
"""Aliases: the version that scores, the one that would like to, and the one that scored before."""
PATIENCE = 90
"""Seconds to wait for a database that another process has locked; SQLite's own default is five."""
QUIET = ("mlflow", "alembic", "sqlalchemy")
SILENT = "mlflow.store.db.utils"
"""Logs traceback and statement of every error of the database, which is raised, and said by us, all the same."""
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING": "false",
    "GIT_PYTHON_REFRESH": "quiet",
}
"""Set before MLflow is imported: it reads them then. No telemetry, no bars, no notes of our environment."""


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
        logging.getLogger(SILENT).setLevel(logging.CRITICAL)
        patient = self.address if self.uri else f"{self.address}?timeout={PATIENCE}"
        mlflow.set_tracking_uri(patient)
        mlflow.set_registry_uri(patient)
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
        return None if self.uri.startswith("http") else (self.folder.resolve() / "artefacts").as_uri()

    def log(self, run: Run, model_name: str, digest: str) -> Registered:
        """Keep a run with its artefacts and register its model as a new version, without an alias."""
        with (
            self._keeping() as experiment,
            warnings.catch_warnings(action="ignore"),
            self._mlflow.start_run(experiment_id=experiment, run_name=run.name) as active,
        ):
            log_numbers(self._mlflow, run)
            log_data(self._mlflow, self._client, run, active.info.run_id)
            log_trials(self._mlflow, run, experiment)
            log_files(self._mlflow, run)
            logged = log_model(self._mlflow, run.model, run.inputs)
            run_id = active.info.run_id
        tags = {"digest": digest, "target": run.name, **run.marks}
        version = self._register(model_name, logged, tags, run.description)
        return Registered(model_name, version, run_id, digest, self.files(run_id), tags)

    @contextmanager
    def _keeping(self) -> Iterator[str]:
        """The id of the experiment for one process at a time to keep a run in; what killed ones left open is closed."""
        experiment = str(self._client.get_experiment_by_name(self.experiment).experiment_id)
        with locked(self.folder / ".keeping.lock"):
            close_left_open(self._client, experiment, alone=not self.uri)
            yield experiment

    def _register(self, name: str, logged: ModelInfo, tags: dict[str, str], description: str) -> str:
        """A new version of a registered model; two processes may be the first to register a name."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        found = {"run_id": logged.run_id, "tags": tags, "model_id": logged.model_id, "description": description}
        created = self._client.create_model_version(name, logged.model_uri, **found)
        return str(created.version)

    def aliases(self, name: str) -> dict[str, str]:
        """The version that each alias of a registered model stands for; empty where there is no such model."""
        if not self._exists():
            return {}  # asking would create a database
        found = self._client.search_registered_models(filter_string=f"name = '{name}'")
        return {alias: str(number) for model in found for alias, number in model.aliases.items()}

    def point(self, name: str, alias: str, number: str) -> None:
        """Let an alias stand for a version. It moves at once: no reader ever finds it gone."""
        self._client.set_registered_model_alias(name, alias, number)

    def drop(self, name: str, alias: str) -> None:
        """Take an alias away."""
        self._client.delete_registered_model_alias(name, alias)

    def mark(self, name: str, number: str, tags: Mapping[str, str]) -> None:
        """Write tags of a registered version."""
        for tag, value in tags.items():
            self._client.set_model_version_tag(name, number, tag, value)

    def aliased(self, name: str, alias: str) -> Registered | None:
        """The version that an alias of a name stands for, with its data files; None where there is none."""
        number = self.aliases(name).get(alias)
        if number is None:
            return None
        found = self._client.get_model_version(name, number)
        tags = dict(found.tags)
        return Registered(name, number, found.run_id, tags.get("digest", ""), self.files(found.run_id), tags)

    def champion(self, name: str) -> Registered | None:
        """The champion of a name with its data files, or None where there is none."""
        return self.aliased(name, CHAMPION)

    def metrics(self, run_id: str) -> dict[str, float]:
        """The figures of a run, the last of each name."""
        return dict(self._client.get_run(run_id).data.metrics)

    def promised(self, run_id: str) -> dict[str, float]:
        """The figures of a run; none where it is not known any more."""
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        try:
            return self.metrics(run_id)
        except MlflowException:
            return {}

    def log_check(self, name: str, metrics: Mapping[str, float], tags: Mapping[str, str], text: str) -> str:
        """Keep a check as a run of its own, with its report; returns the id of the run."""
        with self._keeping() as experiment, self._mlflow.start_run(experiment_id=experiment, run_name=name) as active:
            self._mlflow.set_tags({**tags, "moorings.run_id": run_id()})
            self._mlflow.log_metrics({key: value for key, value in metrics.items() if value == value})  # noqa: PLR0124
            self._mlflow.log_text(text, "report.md")
        return str(active.info.run_id)

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
        return self.files(found, name)

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

    def files(self, run_id: str, name: str = FILES) -> Path:
        """Data files of a run, by default the folder of its model: where they lie, or a copy of what a server keeps.

        Raises:
            ModelProblem: the run does not hold them.
        """
        from mlflow.exceptions import MlflowException  # noqa: PLC0415

        try:
            place = f"{self._client.get_run(run_id).info.artifact_uri}/{name}"
            if place.startswith("file:"):
                return Path(url2pathname(urlsplit(place).path))
            return self._fetched(place, self.folder / "cache" / "served" / run_id / name)
        except (MlflowException, OSError) as error:
            raise ModelProblem(
                "The files of the registered model cannot be found.",
                where=f"run {run_id} in {self.address}",
                got=type(error).__name__,
                expected=f"{name} among the artefacts of the run",
                todo="restore the artefacts of the run, or train again: moorings train",
            ) from error

    def _fetched(self, place: str, copy: Path) -> Path:
        """The copy of what a server keeps, made once: the files of a run do not change."""
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=copy.parent) as folder:
                found = Path(self._mlflow.artifacts.download_artifacts(artifact_uri=place, dst_path=folder))
                with suppress(OSError):  # another process has been faster
                    found.rename(copy)
        return copy
