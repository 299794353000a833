"""Scoring killed anywhere leaves the earlier export whole, goes on where it was, and ends with the same bytes."""

import hashlib
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from models.explanation.reasons import Reason
from pipeline.config import Config
from pipeline.export.export import NAMES
from pipeline.export.places import export_folder, store_of
from pipeline.process.code import code_digest
from pipeline.scoring import resume
from pipeline.scoring import rows as score_rows
from pipeline.scoring.resume import Buckets, Predicted, work_key
from pipeline.scoring.score import score
from tests.pipeline.supplier import END

EARLIER = END - timedelta(days=30)
POINTS = int(os.environ.get("MOORINGS_KILLS", "5"))
"""Moments at which scoring is killed, spread over its run."""
KEPT = ("predictions", "export", "unfinished", "cache")
PUSHES = np.array([[0.1, 0.2], [-0.3, 1 / 7]])
BUCKET = Predicted(np.array([0.1, 1 / 3]), [(Reason("orders_90d", "raises", 0.1 + 0.2, "Ünusual: {}"),), ()], PUSHES)


def forbidden() -> Predicted:
    raise AssertionError("this bucket was finished")


def test_a_finished_bucket_is_taken_up_to_the_last_bit(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path / "day" / "key", 2)
    buckets.predicted("a", lambda: BUCKET)
    again = buckets.predicted("a", forbidden)
    assert again.probability.tobytes() == BUCKET.probability.tobytes()
    assert again.reasons == BUCKET.reasons
    assert again.pushes.tobytes() == BUCKET.pushes.tobytes()


@pytest.mark.parametrize(
    "damage", [lambda body: body[:-5], lambda body: body.replace(b"0.1", b"0.2", 1), lambda _: b""]
)
def test_a_damaged_bucket_is_worked_out_again(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    buckets = Buckets(tmp_path / "day" / "key", 2)
    buckets.predicted("a", lambda: BUCKET)
    path = buckets.folder / "a.json"
    path.write_bytes(damage(path.read_bytes()))
    again = buckets.predicted("a", lambda: Predicted(np.array([0.5]), [()], np.zeros((1, 2))))
    assert again.probability.tolist() == [0.5]


def test_finishing_forgets_the_date_and_what_was_abandoned_but_not_another_run(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path / "2024-05-01" / "key", 2)
    for other in ("2024-05-01/older key", "2024-04-01/key", "2023-01-01/key"):
        Buckets(tmp_path / other, 2).predicted("a", lambda: BUCKET)
    os.utime(tmp_path / "2023-01-01", (0, 0))
    buckets.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["2024-04-01"]


def test_the_work_key_changes_with_everything_that_can_change_a_row(
    trained: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key(config: Config = trained, inputs: str = "a", model: str = "m", day: Any = END) -> str:
        return work_key(config, day, inputs, {"churn": model})

    def other(section: str, **values: object) -> Config:
        return trained.model_copy(update={section: getattr(trained, section).model_copy(update=values)})

    assert key() == key(other("training", threads=7)) == key(other("scoring", customers_a_bucket=3))
    changed = [key(inputs="b"), key(model="n"), key(day=EARLIER), key(other("scoring", margin_share=0.5))]
    changed += [key(other("population", activity_days=9)), key(other("time", horizon_days=9))]
    monkeypatch.setattr(resume, "code_digest", lambda: code_digest() + "x")
    changed.append(key())
    monkeypatch.undo()
    assert len({key(), *changed}) == 1 + len(changed)


@pytest.fixture
def config(unscored: Config) -> Config:
    """The small supplier in buckets of 40, with an earlier date scored and exported."""
    found = unscored.model_copy(update={"scoring": unscored.scoring.model_copy(update={"customers_a_bucket": 40})})
    score(found, EARLIER)
    return found


@pytest.mark.slow
def test_an_interrupted_run_goes_on_from_its_last_finished_bucket(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked, predicted = count(), score_rows._predicted

    def interrupted(*arguments: Any) -> Predicted:
        if next(worked) == 3:
            raise KeyboardInterrupt
        return predicted(*arguments)

    monkeypatch.setattr(score_rows, "_predicted", interrupted)
    with pytest.raises(KeyboardInterrupt):
        score(config, END)
    assert len(list((config.runs / "unfinished").rglob("*.json"))) == 3
    score(config, END)
    eligible = sum(row["status"] == "eligible" for row in store_of(config).read(END).to_pylist())
    assert next(worked) == -(-eligible // 40) + 1  # the one interrupted was begun twice
    assert not list((config.runs / "unfinished").rglob("*.json"))


@pytest.mark.slow
def test_the_size_of_buckets_changes_no_byte(config: Config) -> None:
    shutil.rmtree(config.runs / "predictions")  # with the earlier date, which movement is counted from
    digests = score(config, END).exported.digests
    shutil.rmtree(config.runs / "predictions")
    whole = config.model_copy(update={"scoring": config.scoring.model_copy(update={"customers_a_bucket": 20_000})})
    assert score(whole, END).exported.digests == digests


def killed(config: Config, point: int, told: Any) -> None:
    """Score, and be killed at the `point`-th moment around a file, a commit or a removal; tell how many there were."""
    moments = count()

    def around(owner: Any, name: str) -> None:
        whole = getattr(owner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            for moment in ("before", "after"):
                if next(moments) == point:
                    os.kill(os.getpid(), signal.SIGKILL)
                if moment == "before":
                    result = whole(*arguments, **named)
            return result

        setattr(owner, name, call)

    from pipeline.export import expiry, store  # noqa: PLC0415 - in the process that dies

    for owner, name in ((os, "fsync"), (Path, "replace"), (store, "write_deltalake"), (store, "prepare")):
        around(owner, name)
    for owner, name in ((resume.shutil, "rmtree"), (expiry.DeltaTable, "vacuum")):
        around(owner, name)
    score(config, END)
    told.put(next(moments))


def in_a_process(config: Config, point: int) -> tuple[int | None, int]:
    """The exit code, and the number of moments where it lived to tell."""
    fresh = multiprocessing.get_context("forkserver")
    fresh.set_forkserver_preload(["pipeline.scoring.score", "mlflow", "tests.pipeline.scoring.test_resume"])
    told = fresh.Queue()
    process = fresh.Process(target=killed, args=(config, point, told))
    process.start()
    process.join()
    return process.exitcode, (told.get() if process.exitcode == 0 else 0)


def state(config: Config) -> dict[str, str]:
    """The SHA-256 of every exported file, and what is in the store."""
    found = {
        str(path.relative_to(config.runs)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in export_folder(config).iterdir()
        if path.name != "manifest.json"  # it names the run
    }
    rows = {str(cutoff): str(store_of(config).read(cutoff).to_pylist()) for cutoff in store_of(config).cutoffs()}
    return found | rows


def whole(folder: Path) -> set[int]:
    """Rows in each file of an export, read as a whole."""
    sheet = openpyxl.load_workbook(folder / NAMES[2])["customers"]
    options = pyarrow.csv.ParseOptions(newlines_in_values=True)
    table = pyarrow.csv.read_csv(folder / NAMES[1], parse_options=options)
    return {pq.read_table(folder / NAMES[0]).num_rows, table.num_rows, sheet.max_row - 1}


@pytest.mark.slow
def test_killed_at_any_moment_the_export_is_whole_and_the_rerun_ends_with_the_same_bytes(
    config: Config, tmp_path: Path
) -> None:
    def back() -> None:
        for name in KEPT:
            shutil.rmtree(config.runs / name, ignore_errors=True)
            if (tmp_path / name).exists():
                shutil.copytree(tmp_path / name, config.runs / name)

    for name in KEPT[:2]:
        shutil.copytree(config.runs / name, tmp_path / name)
    back()
    code, moments = in_a_process(config, -1)
    assert code == 0
    undisturbed = state(config)
    for point in np.linspace(0, moments - 1, POINTS).astype(int).tolist():
        back()
        assert in_a_process(config, point)[0] == -signal.SIGKILL
        assert len(whole(export_folder(config))) <= 2  # each file whole; those of two dates may stand side by side
        score(config, END)
        assert state(config) == undisturbed, f"killed at moment {point} of {moments}"
        assert not list(config.runs.glob("unfinished/*/*/*"))
