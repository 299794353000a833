"""Runs that a killed process left open: the tracking database would say for ever that they are running."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any, Protocol

logger = logging.getLogger(__name__)
RUNNING, KILLED = "attributes.status = 'RUNNING'", "KILLED"
DAY = 24 * 3_600_000
"""Milliseconds. Keeping a run takes seconds: one that has been open for so long is nobody's."""


class Runs(Protocol):
    """What is asked of a client of MLflow."""

    def search_runs(self, experiment_ids: list[str], filter_string: str) -> Iterable[Any]:
        """The runs of experiments that a filter finds."""

    def set_terminated(self, run_id: str, status: str) -> None:
        """Close a run."""


def close_left_open(runs: Runs, experiment: str, *, alone: bool) -> None:
    """Close the runs of an experiment that nobody is writing any more, as killed.

    Args:
        runs: the client.
        experiment: its id.
        alone: nobody else can be writing, as the caller holds the lock of the only folder. Without, on a server that
            other machines use as well, a run has to be a day old.
    """
    now = time.time() * 1000
    for run in runs.search_runs([experiment], RUNNING):
        if alone or now - run.info.start_time > DAY:
            runs.set_terminated(run.info.run_id, KILLED)
            logger.info("run %s was left open by a process that was killed, and is closed", run.info.run_id)
