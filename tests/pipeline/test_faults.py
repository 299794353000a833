"""The faults campaign sees what it looks for: a damaged export, a rerun that differs, a message that says nothing."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.faults_inputs import Delivery, Said
from benchmarks.faults_process import Ended
from benchmarks.faults_row import Row, table

CHECKOUT = Path(__file__).resolve().parents[2]
GOOD = "There is no room.\n  where:    here\n  got:      this\n  expected: that\n  do:       so"


@dataclass
class Staged:
    """A stage that is as the test wants it."""

    fine: bool = True
    rerun: int = 0
    after: dict[str, str] = field(default_factory=dict)
    undisturbed: dict[str, str] = field(default_factory=dict)

    def whole(self) -> bool:
        return self.fine

    def score(self) -> Ended:
        return Ended(self.rerun, "")

    def state(self) -> dict[str, str]:
        return self.after


@pytest.mark.parametrize(
    ("stage", "lost"),
    [
        (Staged(), False),
        (Staged(fine=False), True),
        (Staged(rerun=1), True),
        (Staged(after={"predictions.csv": "other"}), True),
    ],
    ids=["nothing", "export damaged", "rerun fails", "rerun differs"],
)
def test_a_loss_is_counted(stage: Staged, lost: bool) -> None:
    row = Row("fault")
    row.judge(stage, Ended(-9, ""))  # type: ignore[arg-type]
    assert row.lost is lost
    assert row.clear is None


@pytest.mark.parametrize(
    ("ended", "clear"),
    [
        (Ended(1, GOOD), True),
        (Ended(0, ""), True),
        (Ended(2, GOOD), False),
        (Ended(1, GOOD.replace("do:", "")), False),
        (Ended(1, f"{GOOD}\nTraceback (most recent call last)"), False),
        (Ended(1, f"{GOOD}\nThis is a fault of the program."), False),
        (Ended(-11, ""), False),
    ],
)
def test_a_message_is_clear_by_code_and_parts(ended: Ended, clear: bool) -> None:
    row = Row("fault")
    row.judge(Staged(), ended, (0, 1))  # type: ignore[arg-type]
    assert row.clear == int(clear)
    assert len(row.unclear) == 1 - int(clear)
    assert f"{int(clear)}/1" in table([row])


WELL, TOLD = Said(0), Said(0, ["half of the customers have no order any more"])


@pytest.mark.parametrize(
    ("score", "monitor", "harm", "silent"),
    [
        (WELL, WELL, (0.5, 0.0, 20), True),
        (WELL, WELL, (0.0, 0.2, 20), True),
        (WELL, WELL, (0.0, 0.0, 17), True),
        (WELL, WELL, (0.04, 0.04, 18), False),
        (TOLD, WELL, (0.5, 0.0, 20), False),
        (WELL, Said(5), (0.5, 0.0, 20), False),
        (Said(3), WELL, (0.5, 0.0, 20), False),
    ],
)
def test_a_delivery_is_silent_where_it_does_harm_and_nobody_is_told(
    score: Said, monitor: Said, harm: tuple[float, float, int], silent: bool
) -> None:
    assert Delivery("halved", score, monitor, *harm).silent is silent


@pytest.mark.slow
def test_a_small_campaign_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "faults.json"
    command = [sys.executable, "-m", "benchmarks.faults", "--points", "2", "--only", "kill", "--out", str(out)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(out.read_text())
    assert [(row["tries"], row["whole"], row["identical"]) for row in rows] == [(1, 1, 1), (1, 1, 1)]
    assert [row["exit_codes"] for row in rows] == [{"-9": 1}, {"-9": 1}]
