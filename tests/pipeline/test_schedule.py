"""The ready schedules are sound: systemd takes the units, cron its line, and Airflow runs the DAG by real processes."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from pipeline.cli import app

CHECKOUT = Path(__file__).resolve().parents[2]
SCHEDULES = CHECKOUT / "configs" / "schedule"
UNITS = ("moorings-score.service", "moorings-score.timer")
AIRFLOW = "MOORINGS_AIRFLOW_PYTHON"
HERE = "/srv/moorings"
"""Where the units say the checkout is."""

RUN_DAG = """
import datetime, pendulum, sys
sys.path.insert(0, sys.argv[1])
import moorings_dag
dag = moorings_dag.moorings()
for task in dag.tasks:
    task.retry_delay = datetime.timedelta(0)
run = dag.test(logical_date=pendulum.datetime(2026, 11, 25, tz="UTC"))
(task,) = run.get_task_instances()
print("ENDED", run.state, task.state, "after", task.try_number)
"""
COMMAND = """#!{python}
import json, os, sys
print(json.dumps({{"message": "working", "run": os.environ["MOORINGS_RUN_ID"]}}), file=sys.stderr)
print(json.dumps({{"arguments": sys.argv[1:], "long": "x" * 100_000}}))
sys.exit({code})
"""


def verified(folder: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """What systemd says of the units, with their checkout in `folder` and words of theirs changed."""
    command = folder / ".venv" / "bin" / "moorings"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    for name in UNITS:
        text = (SCHEDULES / name).read_text(encoding="utf-8").replace(HERE, str(folder)).replace("User=moorings\n", "")
        for old, new in changed.items():
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
    asked = ["systemd-analyze", "verify", "--man=no", *(str(folder / name) for name in UNITS)]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze: Debian's package systemd has it")
def test_systemd_takes_the_units_and_would_name_a_mistake(tmp_path: Path) -> None:
    done = verified(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "OnCalendre" in verified(tmp_path, OnCalendar="OnCalendre").stderr


def test_every_schedule_calls_a_command_with_options_that_exist() -> None:
    options = {name: parameters(command) for name, command in get_command(app).commands.items()}  # type: ignore[attr-defined]
    found = 0
    for path in SCHEDULES.glob("moorings*.*"):
        for line in re.findall(r"^(?!#)[^\n]*bin/moorings (\w[^\n>]*)", path.read_text(encoding="utf-8"), re.M):
            command, *rest = line.split()
            assert {word for word in rest if word.startswith("--")} <= options[command], path.name
            found += 1
    assert found == 2


def parameters(command: object) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}  # type: ignore[attr-defined]


def test_the_cron_line_has_five_fields_and_nothing_that_cron_takes_for_a_line_end() -> None:
    (line,) = [
        text for text in (SCHEDULES / "moorings.cron").read_text(encoding="utf-8").splitlines() if text[:1] != "#"
    ]
    assert re.match(r"(\S+ ){5}cd /srv/moorings && ", line)
    assert "%" not in line


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The Python of an environment with Airflow 3, and a home with a fresh database."""
    python = os.environ.get(AIRFLOW, "")
    if not python:
        pytest.skip(f"no Airflow: name the Python of an environment with apache-airflow 3 in {AIRFLOW}")
    home = tmp_path_factory.mktemp("airflow")
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(SCHEDULES),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | settings
    subprocess.run([python, "-m", "airflow", "db", "migrate"], env=environment, check=True, capture_output=True)
    return python, environment


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "state", "tries"),
    [(0, "success success", 1), (7, "success skipped", 1), (3, "failed failed", 1), (1, "failed failed", 3)],
    ids=["done", "nothing to do", "data", "crash"],
)
def test_airflow_runs_the_dag(
    airflow: tuple[str, dict[str, str]], tmp_path: Path, code: int, state: str, tries: int
) -> None:
    python, environment = airflow
    command = tmp_path / "moorings"
    command.write_text(COMMAND.format(python=sys.executable, code=code), encoding="utf-8")
    command.chmod(0o755)
    done = subprocess.run(
        [python, "-c", RUN_DAG, str(SCHEDULES)],
        env={**environment, "MOORINGS_COMMAND": str(command)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    print(done.stdout[-4000:], done.stderr[-4000:])
    assert f"ENDED {state} after {tries}\n" in done.stdout
