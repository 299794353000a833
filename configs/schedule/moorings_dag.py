"""An Airflow 3 DAG (tested with 3.3) that scores every night. Airflow has its own environment, and calls the command.

Put this file into the folder of DAGs and set MOORINGS_COMMAND (default: moorings) and MOORINGS_CONFIG where tasks run.
The id of the Airflow run becomes the id of the moorings run: the same in both logs, in the commits of the store and in
its manifest. A run killed in the middle goes on from its last finished bucket when it is tried again.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import dag, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

NOTHING_TO_DO = 7
NEEDS_A_PERSON = {2: "usage or configuration", 3: "data", 4: "no usable model"}
"""Trying again would end the same way. Every other code may pass: 1 a crash, 5 drift, 6 another run at work."""


@dag(
    schedule="0 5 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
    doc_md=__doc__,
)
def moorings() -> None:
    """Score the day of the run, unless the store holds it already."""

    @task
    def score() -> dict[str, Any]:
        day = str(_day())
        # a range of one day: unlike --as-of it ends with 7 where nothing was left to do
        return called("score", "--from", day, "--to", day, "--every", "day")

    score()


def called(*arguments: str) -> dict[str, Any]:
    """The JSON summary of a command of moorings; its log goes into that of the task, line by line.

    Raises:
        AirflowSkipException: there was nothing to do.
        AirflowFailException: it failed, and would fail again.
        AirflowException: it failed.
    """
    environment = {"MOORINGS_LOG": "json", **os.environ, "MOORINGS_RUN_ID": get_current_context()["run_id"]}
    command = [*os.environ.get("MOORINGS_COMMAND", "moorings").split(), *arguments, "--json"]
    with tempfile.TemporaryFile("w+") as summary:
        with subprocess.Popen(  # noqa: S603 - an argument each, and no shell
            command, stdout=summary, stderr=subprocess.PIPE, text=True, env=environment
        ) as done:
            for line in done.stderr or ():
                print(line, end="")
        summary.seek(0)
        if done.returncode == 0:
            return dict(json.load(summary))
    said = f"moorings {arguments[0]} ended with exit code {done.returncode}"
    if done.returncode == NOTHING_TO_DO:
        raise AirflowSkipException(said)
    if done.returncode in NEEDS_A_PERSON:
        raise AirflowFailException(f"{said}: {NEEDS_A_PERSON[done.returncode]}")
    raise AirflowException(said)


def _day() -> Any:
    """The date the run is for; a run started by hand is for the day it was started."""
    run = get_current_context()["dag_run"]
    return (run.logical_date or run.run_after).date()


moorings()
