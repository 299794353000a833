"""Runs that killed processes left open are closed by the next who keeps one, and those of others are not."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.registry.open_runs import DAY, RUNNING, close_left_open


class Runs:
    """Runs that are open, by the hours since they were begun."""

    def __init__(self, *hours: float) -> None:
        now = time.time() * 1000
        begun = [SimpleNamespace(run_id=f"r{each:g}", start_time=now - each * DAY / 24) for each in hours]
        self.open = [SimpleNamespace(info=each) for each in begun]
        self.closed: list[tuple[str, str]] = []

    def search_runs(self, experiment_ids: list[str], filter_string: str) -> list[Any]:
        assert (experiment_ids, filter_string) == (["7"], RUNNING)
        return self.open

    def set_terminated(self, run_id: str, status: str) -> None:
        self.closed.append((run_id, status))


@pytest.mark.parametrize(("alone", "closed"), [(True, ["r0", "r23", "r25"]), (False, ["r25"])])
def test_what_can_only_be_left_open_is_closed(alone: bool, closed: list[str]) -> None:
    runs = Runs(0, 23, 25)
    close_left_open(runs, "7", alone=alone)
    assert runs.closed == [(run, "KILLED") for run in closed]
