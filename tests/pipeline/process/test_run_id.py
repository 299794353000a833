"""A run has one name, in every line of its log and in what it leaves behind, and never an awkward one."""

import json
import logging
import re
from collections.abc import Iterator

import pytest
from suppliers import lines, supplier

from pipeline.cli import main
from pipeline.process.log_lines import JsonLines
from pipeline.process.run_id import LONGEST, VARIABLE, run_id


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = run_id()
    monkeypatch.delenv(VARIABLE, raising=False)
    run_id.cache_clear()
    yield
    run_id.cache_clear()
    monkeypatch.setenv(VARIABLE, before)  # what others made in this process bears that name
    assert run_id() == before


def test_an_id_sorts_by_its_beginning_and_stays() -> None:
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", run_id())
    assert run_id() == run_id()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("scheduled__2026-11-25T05:00:00+00:00", "scheduled__2026-11-25T05:00:00+00:00"),
        ("a b\n{}", "a_b___"),
        ("../x", ".._x"),
        ("x" * 500, "x" * LONGEST),
    ],
)
def test_a_scheduler_names_the_run(monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    monkeypatch.setenv(VARIABLE, given)
    assert run_id() == used


def test_every_line_of_a_json_log_parses_and_names_the_run(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv(VARIABLE, "night-1")
    assert main(["--log", "json", "profile", "--json", "--config", str(supplier(tmp_path, lines()))]) == 0
    shown = capsys.readouterr()
    said = [json.loads(line) for line in shown.err.splitlines()]
    assert len(said) > 1
    assert {line["run"] for line in said} == {"night-1"} == {json.loads(shown.out)["run"]}


def test_a_problem_is_one_line_of_a_json_log_with_its_parts(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("MOORINGS_LOG", "json")
    assert main(["profile", "--config", str(tmp_path / "none.toml")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["level"], said["problem"]["exit_code"]) == ("error", 2)
    assert said["problem"]["where"].endswith("none.toml")


def test_a_log_for_people_begins_with_the_run(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    assert main(["profile", "--config", str(supplier(tmp_path, lines()))]) == 0
    assert capsys.readouterr().err.startswith(f"run {run_id()} of acme\n")


def test_the_text_of_an_exception_stays_out_of_the_log() -> None:
    try:
        raise KeyError("Alder Joinery")
    except KeyError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), (KeyError, error, None))
    line = JsonLines().format(record)
    assert "Alder" not in line
    assert json.loads(line)["error"] == "KeyError"


def test_a_password_on_a_misused_command_line_is_not_repeated(capsys) -> None:  # type: ignore[no-untyped-def]
    assert main(["export", "--to", "postgresql://me:secret@host/db?password=secret", "--nonsense"]) == 2
    assert "secret" not in capsys.readouterr().err
