"""Long work says on stderr which part of it is at work and how far that is: not too often, and nothing on stdout."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from features.engine import plan
from models.held_out import FOLDS
from pipeline.cli import main
from pipeline.process import progress
from pipeline.process.log_lines import follow
from pipeline.process.progress import counting, following, stage
from tests.pipeline import supplier

ROUNDS = 40


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, to be set."""
    now = [0.0]
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the log is told, line by line."""
    lines: list[str] = []
    monkeypatch.setattr(progress, "say", lambda line, **added: lines.append(line))
    return lines


@pytest.mark.parametrize(
    ("calls", "shown"),
    [
        ([(0.5, 0.05), (0.9, 0.5)], []),
        ([(1.0, 0.09), (9.9, 0.09), (10.0, 0.09)], [0.09]),
        ([(1.0, 0.10), (1.9, 0.90), (2.0, 0.90)], [0.1, 0.9]),
        ([(60.0, 0.01), (61.0, 0.02), (70.0, 0.03)], [0.01, 0.03]),
        ([(number / 100, number / 3000) for number in range(3001)], [0.1 * tenth for tenth in range(1, 11)]),
    ],
    ids=["never within a second", "ten seconds", "a tenth", "slow", "a line for every tenth of half a minute"],
)
def test_a_line_is_due_at_a_tenth_or_after_ten_seconds(
    clock: list[float], said: list[str], calls: list[tuple[float, float]], shown: list[float]
) -> None:
    told = following("features")
    for clock[0], share in calls:
        told(share)
    assert said == [f"{share:4.0%}  features" for share in shown]


def test_what_cannot_be_divided_is_counted(clock: list[float], said: list[str]) -> None:
    told = counting("trees grown")
    for clock[0] in range(0, 25, 5):  # seconds
        told()
    assert said == ["3 trees grown", "5 trees grown"]


def test_a_line_names_what_it_is_a_part_of_also_after_a_failure(clock: list[float], said: list[str]) -> None:
    @stage("checks")
    def checked() -> None:
        with stage("ageing", 0.5):
            clock[0] += 20
            following("features")(0.3)  # its own clock begins here
            raise ValueError("broken")

    with stage("churn"), pytest.raises(ValueError, match="broken"):
        checked()
    with stage("partnership"):
        told = following("features")
        clock[0] += 20
        told(0.3)
    assert said[:3] == ["churn", "churn: checks", " 50%  churn: checks: ageing"]
    assert said[3:] == ["partnership", " 30%  partnership: features"]


def test_a_json_line_holds_the_share_beside_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    follow("json")
    with stage("churn", 0.25):
        pass
    line = json.loads(capsys.readouterr().err)
    assert (line["message"], line["share"]) == ("churn", 0.25)
    follow("text")


@dataclass
class Ran:
    """A command that ended: its exit code, stdout, and its log line by line."""

    code: int
    out: str
    log: list[dict[str, Any]]

    def shares(self, message: str) -> list[float]:
        """The shares said of what ends so, in order."""
        return [line["share"] for line in self.log if line["message"].endswith(message) and "share" in line]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Ran]]:
    """Runs a command for a small supplier with every check, where a line is always due."""
    folder = tmp_path_factory.mktemp("progress")
    supplier.configured(folder, supplier.lines(150))
    text = (folder / "small.toml").read_text().replace('checks = "quick"', 'checks = "full"')
    (folder / "small.toml").write_text(f"{text}\n[training.boosting]\nrounds = {ROUNDS}\nlearning_rate = 0.1\n")
    patched = pytest.MonkeyPatch()
    patched.setattr(progress, "FEWEST_SECONDS", 0.0)
    patched.setattr(progress, "SECONDS", 0.0)
    patched.setattr(plan, "ROWS_A_CHUNK", 100)

    def ran(*arguments: str) -> Ran:
        out, log = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(log):
            code = main(["--log", "json", *arguments, "--config", str(folder / "small.toml"), "--json"])
        return Ran(code, out.getvalue(), [json.loads(line) for line in log.getvalue().splitlines()])

    yield ran
    patched.undo()
    follow("text")


@pytest.fixture(scope="module")
def trained(run: Callable[..., Ran]) -> Ran:
    return run("train")


@pytest.mark.slow
def test_stdout_stays_one_document(trained: Ran) -> None:
    assert trained.code == 0 and json.loads(trained.out)["run"] == trained.log[0]["run"]


@pytest.mark.slow
def test_a_training_says_which_step_is_at_work(trained: Ran) -> None:
    messages = [line["message"] for line in trained.log]
    steps = ["reading the history", "churn", "churn: how many trees", "churn: learning", "churn: test"]
    steps += ["churn: test: bootstrap", "churn: checks", "churn: checks: permutation importance"]
    steps += ["churn: checks: shuffled labels", "churn: checks: strength audit", "churn: checks: ageing"]
    steps += ["churn: checks: ageing: learning", "churn: learning", "keeping the runs"]
    places = [messages.index(step) for step in steps[:-2]]
    assert places == sorted(places)
    assert messages.count("churn: learning") == 2 and "keeping the runs" in messages


@pytest.mark.slow
def test_features_are_followed_to_their_end(trained: Ran) -> None:
    (features,) = {line["message"] for line in trained.log if re.search(r"features at \d\d cutoffs", line["message"])}
    shares = trained.shares(features)
    assert features.startswith("churn: ") and shares == sorted(shares)
    assert len(shares) > 10 and shares[-1] == 1


@pytest.mark.slow
@pytest.mark.parametrize(("step", "fits"), [("learning", 2), ("checks: ageing: learning", 1)])
def test_trees_are_counted_where_they_are_grown(trained: Ran, step: str, fits: int) -> None:
    end = f"churn: {step}: {ROUNDS * (FOLDS + 1)} trees grown"
    assert [line["message"] for line in trained.log].count(end) == fits


@pytest.mark.slow
def test_a_scoring_and_a_backtest_say_how_far_they_are(trained: Ran, run: Callable[..., Ran], tmp_path: Path) -> None:
    scored = run("score", "--as-of", str(supplier.END))
    messages = [line["message"] for line in scored.log]
    steps = ["models", "reading", "features", "predictions and reasons", "states and plays", "rows", "files"]
    assert [message for message in messages if message in steps] == steps
    assert scored.shares("cutoffs")[-1] == 1
    dates = f"{supplier.START.replace(year=2022, month=12)},{supplier.END.replace(month=3)}"
    walked = run("backtest", "--cutoffs", dates, "--out", str(tmp_path / "rows.parquet"))
    assert [share for day in dates.split(",") for share in walked.shares(f"churn at {day}")] == [0, 0.5]
