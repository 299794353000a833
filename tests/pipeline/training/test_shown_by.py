"""How the runs of a training are shown, by a command that is found or by an address."""

import sys
from pathlib import Path

import pytest

from pipeline.training.outcome import shown_by

BESIDE = str(Path(sys.executable).with_name("mlflow"))


@pytest.mark.parametrize(
    ("tracking", "found", "said"),
    [
        (
            "sqlite:///runs/tracking.db",
            "/usr/bin/mlflow",
            "runs: mlflow ui --backend-store-uri sqlite:///runs/tracking.db",
        ),
        ("sqlite:///runs/tracking.db", None, f"runs: {BESIDE} ui --backend-store-uri sqlite:///runs/tracking.db"),
        ("http://127.0.0.1:5000", None, "runs: http://127.0.0.1:5000"),
    ],
    ids=["on the path", "beside the interpreter alone", "on a server"],
)
def test_runs_are_shown_by_what_is_there(
    monkeypatch: pytest.MonkeyPatch, tracking: str, found: str | None, said: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: found)
    assert shown_by(tracking) == said
