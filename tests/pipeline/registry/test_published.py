"""A published probability is judged by the window of its own model."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from features.errors import ModelProblem
from models.fit_settings import Scope
from models.target import OutcomeWindow
from pipeline.config import load_config
from pipeline.matrices.tasks import Task
from pipeline.registry import published

TODAY = OutcomeWindow(14, 365)
LEARNED = ("2023-01-01", "2023-02-01")
"""Of `half` the last outcome came true until 2023-08-13."""
TASK = Task(SimpleNamespace(name="partnership"), TODAY)  # type: ignore[arg-type]


class Runs:
    """A tracking store with the models of runs `half` (180 days) and `year`; it counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def files(self, run: str) -> Path:
        self.asked.append(run)
        if run == "gone":
            raise ModelProblem("The files are gone.", where="x", got="nothing", expected="files", todo="train again")
        return Path(run)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    found, days = Runs(), {"half": 180, "year": 365}
    monkeypatch.setattr(published, "tracking_of", lambda config: found)
    scope = {name: Scope(gap_days=14, horizon_days=horizon, cutoffs=LEARNED) for name, horizon in days.items()}
    monkeypatch.setattr(published, "load_model", lambda folder: SimpleNamespace(scope=scope[folder.name]))
    return found


@pytest.mark.parametrize(
    ("run", "window"), [("half", OutcomeWindow(14, 180)), ("year", TODAY), ("gone", TODAY), (None, TODAY)]
)
def test_the_window_is_that_of_the_model_that_published(runs: Runs, run: str | None, window: OutcomeWindow) -> None:
    assert published.as_published(load_config("demo"))(TASK, run) == Task(TASK.target, window)


def test_each_run_is_asked_once(runs: Runs) -> None:
    asked = published.as_published(load_config("demo"))
    for run in ("half", "gone", "half", "gone"):
        asked(TASK, run)
    assert runs.asked == ["half", "gone"]


@pytest.mark.parametrize(
    ("run", "cutoff", "expected"),
    [
        ("half", date(2023, 8, 13), False),
        ("half", date(2023, 8, 14), True),
        ("year", date(2023, 8, 15), False),
        ("gone", date(2023, 1, 1), True),
        (None, date(2023, 1, 1), True),
    ],
)
def test_what_was_said_while_its_outcome_was_known_is_no_forecast(
    runs: Runs, run: str | None, cutoff: date, expected: bool
) -> None:
    assert published.foreseen(load_config("demo"))(cutoff, run) is expected
