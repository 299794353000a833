"""A published probability is judged by the window of its own model."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from features.errors import ModelProblem
from models.target import OutcomeWindow
from pipeline.config import load_config
from pipeline.matrices.dataset import Task
from pipeline.registry import published

TODAY = OutcomeWindow(14, 365)
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
    scope = {name: SimpleNamespace(gap_days=14, horizon_days=horizon) for name, horizon in days.items()}
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
