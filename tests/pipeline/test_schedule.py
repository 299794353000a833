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
from pipeline.config import Config
from pipeline.export.places import store_of
from tests.pipeline.supplier import END

CHECKOUT = Path(__file__).resolve().parents[2]
SCHEDULES = CHECKOUT / "configs" / "schedule"
UNITS = ("moorings-score.service", "moorings-score.timer")
AIRFLOW = CHECKOUT / ".venv" / "airflow" / "bin" / "python"
"""Where `make airflow` puts it."""
HERE = "/srv/moorings"
"""Where the units say the checkout is."""

RUN_DAG = """
import datetime, pendulum, sys
sys.path.insert(0, sys.argv[1])
import moorings_dag
dag = moorings_dag.moorings()
dag.start_date = pendulum.datetime(2020, 1, 1)
for task in dag.tasks:
    task.retry_delay, task.start_date = datetime.timedelta(0), dag.start_date
run = dag.test(logical_date=pendulum.parse(sys.argv[2]))
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
    assert found == 4


def parameters(command: object) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}  # type: ignore[attr-defined]


def cron_lines() -> list[str]:
    text = (SCHEDULES / "moorings.cron").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line[:1] not in "#" and not re.match(r"\w+=", line)]


def test_the_cron_lines_have_five_fields_and_nothing_that_cron_takes_for_a_line_end() -> None:
    assert len(cron_lines()) == 3
    for line in cron_lines():
        assert re.match(r"(\S+ ){5}cd /srv/moorings && ", line)
        assert "%" not in line


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(("code", "heard"), [(0, False), (7, False), (1, True), (3, True), (5, True), (6, True)])
def test_a_cron_line_prints_what_a_person_has_to_hear_of_and_nothing_else(
    tmp_path: Path, number: int, code: int, heard: bool
) -> None:
    command = tmp_path / ".venv" / "bin" / "moorings"
    command.parent.mkdir(parents=True)
    (tmp_path / "runs").mkdir()
    command.write_text(f"#!/bin/sh\necho a document\necho a log >&2\nexit {code}\n")
    command.chmod(0o755)
    line = cron_lines()[number].split(" ", 5)[5].replace(HERE, str(tmp_path))
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=True)
    assert (f"ended with {code}" in done.stdout, done.stderr) == (heard, "")
    assert bool(done.stdout) is heard
    assert sorted(path.read_text() for path in (tmp_path / "runs").iterdir()) == ["a document\n", "a log\n"]


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The Python of an environment with Airflow 3, and a home with a fresh database."""
    python = os.environ.get("MOORINGS_AIRFLOW_PYTHON") or str(AIRFLOW)
    if not Path(python).exists():
        pytest.skip("no Airflow: make airflow sets it up; or name another Python with it in MOORINGS_AIRFLOW_PYTHON")
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
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    ("code", "state", "tries"),
    [(0, "success success", 1), (7, "success skipped", 1), (3, "failed failed", 1), (1, "failed failed", 3)],
    ids=["done", "nothing to do", "data", "crash"],
)
def test_airflow_runs_the_dag(
    airflow: tuple[str, dict[str, str]], tmp_path: Path, code: int, state: str, tries: int
) -> None:
    command = tmp_path / "moorings"
    command.write_text(COMMAND.format(python=sys.executable, code=code), encoding="utf-8")
    command.chmod(0o755)
    assert f"ENDED {state} after {tries}\n" in ran(airflow, "2026-11-25", MOORINGS_COMMAND=str(command))


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_airflow_scores_a_date_for_real_names_the_run_and_skips_it_the_second_time(
    airflow: tuple[str, dict[str, str]], unscored: Config
) -> None:
    file = Path(unscored.history.order_lines.path).parent / "small.toml"
    real = {"MOORINGS_COMMAND": f"{sys.executable} -m pipeline.cli", "MOORINGS_CONFIG": str(file)}
    first = ran(airflow, str(END), **real)
    assert "ENDED success success after 1\n" in first
    assert store_of(unscored).cutoffs() == (END,)
    origin = store_of(unscored).origin(END)
    assert origin is not None and origin.run_id.startswith("manual__") and f'"run": "{origin.run_id}"' in first
    assert "ENDED success skipped after 1\n" in ran(airflow, str(END), **real)


def ran(airflow: tuple[str, dict[str, str]], day: str, **variables: str) -> str:
    """What Airflow says of one run of the DAG for a day."""
    python, environment = airflow
    command = [python, "-c", RUN_DAG, str(SCHEDULES), day]
    given = {**environment, **variables}
    done = subprocess.run(command, cwd=CHECKOUT, env=given, capture_output=True, text=True, check=False, timeout=600)
    print(done.stdout[-4000:], done.stderr[-4000:])
    return done.stdout
