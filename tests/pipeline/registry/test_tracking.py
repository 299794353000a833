"""Runs are kept, the loaded registered model is the trained one, and four processes may start on nothing at once."""

import json
import multiprocessing
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.propensity import Propensity
from models.tuning import Trial
from pipeline.process.machine import MachineProblem, machine_problem
from pipeline.registry.tracked import LearnedFrom, Registered, Run
from pipeline.registry.tracking import CHAMPION, Tracking
from tests.models.conftest import NAMES, Rows, fit, make_rows

pytestmark = pytest.mark.slow
CUTOFFS = [(20240101, 0.8), (20240201, float("nan")), (20240301, 0.7)]


def a_run(folder: Path) -> Run:
    return Run(
        name="churn",
        parameters={"rounds": 40},
        metrics={"test_roc_auc": 0.8, "test_brier": float("nan")},
        per_cutoff={"roc_auc": CUTOFFS},
        tags={"input_fingerprint": "abc"},
        plots={"calibration.png": b"picture"},
        texts={"test.json": "{}"},
        model=folder,
        inputs=NAMES,
        description="Silence, of 3 features.",
        learned_from=LearnedFrom("demo", "f" * 64, {"num_rows": 7}, {"target": "silence"}),
        trials=(Trial({"rounds": 40, "lambda_l2": 20.0}, 0.5), Trial({"rounds": 80, "lambda_l2": 1.0}, 0.4)),
    )


def log(runs: Path, model: Propensity, files: Path) -> Registered:
    digest = model.save(files)
    return Tracking(runs, "demo").log(a_run(files), "demo-churn", digest)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tracking, Registered, Propensity, Rows]:
    folder, rows = tmp_path_factory.mktemp("tracking"), make_rows()
    model = fit(rows, offset=("silence_chance",))
    registered = log(folder / "runs", model, folder / "files" / "propensity")
    return Tracking(folder / "runs", "demo"), registered, model, rows


Kept = tuple[Tracking, Registered, Propensity, Rows]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_loaded_registered_model_gives_the_probabilities_of_the_trained_one(
    kept: Kept, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow  # noqa: PLC0415 - after Tracking has turned telemetry off

    # MLflow puts the code that travels with a model before everything else
    monkeypatch.setattr(sys, "path", list(sys.path))
    tracking, registered, model, rows = kept
    mlflow.set_tracking_uri(tracking.address)
    loaded = mlflow.pyfunc.load_model(f"models:/{registered.name}/{registered.version}")
    frame = pd.DataFrame(rows.values.astype(kind), columns=list(NAMES))
    found = loaded.predict(frame)["probability"].to_numpy()
    np.testing.assert_array_equal(found, model.probability(rows.values))
    assert len(np.unique(found.round(3))) > 10


def test_the_files_of_the_run_are_the_trained_model(kept: Kept) -> None:
    _, registered, model, _ = kept
    assert Propensity.load(registered.folder) == model


def test_a_run_that_was_left_open_is_closed_by_the_next_that_is_kept(kept: Kept) -> None:
    tracking, _, _, _ = kept
    experiment = tracking._client.get_experiment_by_name("demo").experiment_id
    killed = tracking._client.create_run(experiment).info.run_id
    tracking.log_check("monitor", {}, {}, "text")
    assert tracking._client.get_run(killed).info.status == "KILLED"


def test_what_was_logged_is_there_and_nan_is_left_out(kept: Kept) -> None:
    tracking, registered, _, _ = kept
    run = tracking._client.get_run(registered.run_id)
    assert run.data.metrics == {"test_roc_auc": 0.8, "roc_auc": 0.7}
    assert run.data.params == {"rounds": "40"}
    assert run.data.tags["input_fingerprint"] == "abc"
    assert [point.step for point in tracking._client.get_metric_history(registered.run_id, "roc_auc")] == [
        20240101,
        20240301,
    ]


def test_the_registered_version_says_what_it_is(kept: Kept) -> None:
    tracking, registered, _, _ = kept
    found = tracking._client.get_model_version(registered.name, registered.version)
    assert found.description == "Silence, of 3 features."


def test_runs_are_found_by_the_history_they_learned_from(kept: Kept) -> None:
    tracking, registered, _, _ = kept
    (entry,) = tracking._client.get_run(registered.run_id).inputs.dataset_inputs
    assert (entry.dataset.name, entry.dataset.digest) == ("demo", "f" * 36)
    assert json.loads(entry.dataset.profile) == {"num_rows": 7}
    assert {tag.key: tag.value for tag in entry.tags} == {"mlflow.data.context": "training", "target": "silence"}
    experiment = tracking._client.get_run(registered.run_id).info.experiment_id
    (found, *_) = tracking._client.search_runs([experiment], f"dataset.digest = '{'f' * 36}'")
    assert found.data.tags["input_fingerprint"] == "abc"


def test_the_example_is_invented_and_the_model_takes_it(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow  # noqa: PLC0415 - after Tracking has turned telemetry off

    monkeypatch.setattr(sys, "path", list(sys.path))
    tracking, registered, model, _ = kept
    mlflow.set_tracking_uri(tracking.address)
    loaded = mlflow.pyfunc.load_model(f"models:/{registered.name}/{registered.version}")
    assert loaded.input_example.to_dict("records") == [dict.fromkeys(NAMES, 1.0)]
    assert loaded.predict(loaded.input_example)["probability"][0] == model.probability(np.ones((1, len(NAMES))))[0]
    texts = [path.read_text() for path in tracking.folder.rglob("*input_example.json")]
    assert len(texts) == 2 * len({path.parent for path in tracking.folder.rglob("input_example.json")})
    assert all("NaN" not in text for text in texts), "JSON knows no NaN"


def test_keeping_a_model_leaves_the_path_of_python_as_it_was(kept: Kept, tmp_path: Path) -> None:
    """MLflow leaves a folder in front of it that is gone: whoever makes it again would run code in this process."""
    _, _, model, _ = kept
    before = list(sys.path)
    log(tmp_path / "runs", model, tmp_path / "propensity")
    assert sys.path == before


def test_trials_are_runs_below_the_run(kept: Kept) -> None:
    tracking, registered, _, _ = kept
    run = tracking._client.get_run(registered.run_id)
    query = f"tags.`mlflow.parentRunId` = '{registered.run_id}'"
    below = tracking._client.search_runs([run.info.experiment_id], query, order_by=["attributes.run_name"])
    found = [(trial.info.run_name, trial.data.params["rounds"], trial.data.metrics["mean_log_loss"]) for trial in below]
    assert found == [("trial 0, as configured", "40", 0.5), ("trial 1", "80", 0.4)]


def test_artefacts_lie_in_the_folder_of_the_runs(kept: Kept) -> None:
    tracking, registered, _, _ = kept
    assert registered.folder.is_relative_to(tracking.folder.resolve() / "artefacts")
    assert (registered.folder.parent / "plots" / "calibration.png").read_bytes() == b"picture"


def test_requirements_are_exact_and_name_no_index(kept: Kept) -> None:
    tracking, _, _, _ = kept
    texts = [path.read_text() for path in tracking.folder.rglob("requirements.txt")]
    lines = "\n".join(texts).splitlines()
    assert lines
    assert all("==" in line and "://" not in line for line in lines)


def test_there_is_no_champion_until_one_is_promoted(kept: Kept, tmp_path: Path) -> None:
    tracking, registered, model, _ = kept
    assert tracking.champion("demo-partnership") is None
    tracking.point(registered.name, CHAMPION, registered.version)
    found = tracking.champion("demo-churn")
    assert found == registered
    second = log(tracking.folder, model, tmp_path / "propensity")
    assert second.version == "2"
    assert tracking.champion("demo-churn") == registered


def test_asking_for_a_champion_creates_nothing(tmp_path: Path) -> None:
    assert Tracking(tmp_path / "none", "demo").champion("demo-churn") is None
    assert not (tmp_path / "none").exists()


def test_telemetry_is_off() -> None:
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def _one_of_four(runs: Path, files: Path) -> None:
    log(runs, fit(make_rows(rows=500), rounds=5), files)


def test_four_processes_at_once_on_a_new_folder_all_succeed(tmp_path: Path) -> None:
    fresh = multiprocessing.get_context("spawn")
    places = [(tmp_path / "runs", tmp_path / str(number) / "propensity") for number in range(4)]
    processes = [fresh.Process(target=_one_of_four, args=place) for place in places]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    versions = Tracking(tmp_path / "runs", "demo")._client.search_model_versions("name='demo-churn'")
    assert sorted(int(version.version) for version in versions) == [1, 2, 3, 4]


def test_an_error_of_the_database_is_a_problem_and_leaves_no_traceback(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tracking = Tracking(tmp_path, "small")
    tracking.log_check("first", {}, {}, "")
    full = "CREATE TRIGGER full BEFORE INSERT ON runs BEGIN SELECT raise(ABORT, 'database or disk is full'); END"
    altered(tmp_path, full)
    with pytest.raises(Exception, match="full") as caught:
        tracking.log_check("second", {}, {}, "")
    problem = machine_problem(caught.value)
    assert isinstance(problem, MachineProblem) and "no room left" in problem.what
    altered(tmp_path, "ALTER TABLE runs RENAME TO gone")
    with pytest.raises(Exception, match="no such table"):
        tracking.log_check("third", {}, {}, "")
    assert "Traceback" not in capfd.readouterr().err


def altered(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "tracking.db")) as database:
        database.executescript(statement)
