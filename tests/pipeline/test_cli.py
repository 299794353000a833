"""The command line: exit codes, what is on stdout, what is on stderr, and what is loaded."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from suppliers import lines, supplier

from features.catalogue import FEATURES
from features.errors import BusyProblem, DataProblem, ModelProblem, NothingToDo, UsageProblem
from pipeline.cli import app, main

CHECKOUT = Path(__file__).resolve().parents[2]
SLOW = [
    "mlflow",
    "lightgbm",
    "numba",
    "matplotlib",
    "pandas",
    "sklearn",
    "scipy",
    "duckdb",
    "pyarrow",
    "numpy",
    "pydantic",
]
LOADED = f"""
import sys
from pipeline.cli import main
main(["--help"])
sys.exit(" ".join(name for name in {SLOW} if name in sys.modules) or 0)
"""
COMMANDS = [
    "backtest",
    "compare",
    "export",
    "features",
    "monitor",
    "outcomes",
    "profile",
    "promote",
    "retrain",
    "rollback",
    "score",
    "simulate",
    "train",
]


def test_help_loads_nothing_slow() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_of_the_product_is_there() -> None:
    assert sorted(command.callback.__name__ for command in app.registered_commands if command.callback) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples_in_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "For example:" in shown
    assert f"moorings {command}" in shown.split("For example:")[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fills_the_width_of_a_terminal_and_sets_its_examples_apart(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([command, "--help"]) == 0
    told, examples = capsys.readouterr().out.split(" For example:")
    paragraphs = [part.strip().split("\n") for part in re.split(r"\n *\n", told)]
    full = [len(f"{line.rstrip()} {after.split()[0]}") > 78 for part in paragraphs for line, after in pairwise(part)]
    assert all(full)
    assert f"\n   moorings {command}" in examples


MISUSED = [
    (["nothing"], "No such command 'nothing'"),
    (["score"], "not clear which dates"),
    (["score", "--as-of", "2024-02-29", "--to", "2024-03-31"], "not clear which dates"),
    (["score", "--from", "2024-02-29"], "not clear which dates"),
    (["score", "--from", "2024-02-29", "--to", "2024-01-31"], "range of dates is empty"),
    (["export", "--format", "csv,docx"], "no such format"),
    (["--log", "xml", "profile"], "--log"),
    (["score", "--as-of", "yesterday"], "not a date"),
    (["score", "--as-of", "2024-02-30"], "not a date"),
    (["backtest", "--cutoffs", "2024-01-31;2024-02-29", "--out", "x.csv"], "not a date"),
    (["backtest", "--cutoffs", "2024-01-31"], "Missing option '--out'"),
    (["profile", "--jsn"], "No such option: --jsn"),
    (["simulate", "--days", "2"], "--days"),
    (["features", "--family", "rythm"], "no such family"),
]


@pytest.mark.parametrize(("arguments", "words"), MISUSED)
def test_a_command_line_that_cannot_be_understood_is_a_problem(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert "do:" in shown.err
    assert shown.out == ""


def raising(error: BaseException) -> Callable[[object], object]:
    def work(config: object) -> object:
        raise error

    return work


PARTS = {"where": "here", "got": "this", "expected": "that", "todo": "so"}
ENDINGS = [
    (UsageProblem("what", **PARTS), 2),
    (DataProblem("what", **PARTS), 3),
    (ModelProblem("what", **PARTS), 4),
    (BusyProblem("what", **PARTS), 6),
    (NothingToDo("what", **PARTS), 7),
    (KeyboardInterrupt(), 130),
    (RuntimeError("Alder Joinery owes 5"), 1),
]


@pytest.mark.parametrize(("error", "code"), ENDINGS)
@pytest.mark.parametrize("as_json", [False, True])
def test_every_ending_has_its_exit_code_and_shows_no_data(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    as_json: bool,
) -> None:
    monkeypatch.delenv("MOORINGS_DEBUG", raising=False)
    monkeypatch.setattr("pipeline.profile.profile.profile", raising(error))
    arguments = ["profile", "--config", str(supplier(tmp_path, lines())), *(["--json"] if as_json else [])]
    assert main(arguments) == code
    shown = capsys.readouterr()
    assert "Alder" not in shown.err + shown.out
    assert shown.err or code == 130
    if as_json and code != 130:
        assert json.loads(shown.out)["problem"]["exit_code"] == code
    else:
        assert shown.out == ""


def test_a_crash_says_where_it_arose_and_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipeline.profile.profile.profile", raising(KeyError("Alder")))
    main(["profile", "--config", str(supplier(tmp_path, lines()))])
    shown = capsys.readouterr().err
    assert all(words in shown for words in ("KeyError", "pipeline/commands/profile.py", "MOORINGS_DEBUG=1"))


def test_json_leaves_stdout_to_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "--json", "--config", str(supplier(tmp_path, lines()))]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "acme"


def test_the_configuration_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOORINGS_CONFIG", str(supplier(tmp_path, lines())))
    assert main(["profile", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "acme"


def test_the_catalogue_lists_every_feature(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features"]) == 0
    shown = capsys.readouterr().out
    assert all(f" {feature.name} " in shown for feature in FEATURES)
    assert main(["features", "--json", "--family", "rhythm"]) == 0
    listed = json.loads(capsys.readouterr().out)["features"]
    assert {row["name"] for row in listed} == {feature.name for feature in FEATURES if feature.family == "rhythm"}


def test_a_reader_that_has_seen_enough_is_no_crash() -> None:
    command = f"{sys.executable} -m pipeline.cli features --json | head -c 10"
    done = subprocess.run(["sh", "-c", command], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, which Linux has")
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_summary_that_finds_no_room_is_a_problem_and_not_an_exit_code_of_the_interpreter(form: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "pipeline.cli", "features", *form]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "what it came to cannot be written" in done.stderr and "No space left" in done.stderr
    assert "fault of the program" not in done.stderr and "Exception ignored" not in done.stderr
