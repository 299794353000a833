"""How many threads grow trees, and how they wait for each other."""

import os
import subprocess
import sys

import pytest

from models.fit_settings import ROWS_A_THREAD, FitSettings

START = "import pipeline.cli; import models.propensity"


@pytest.mark.parametrize(
    ("threads", "rows", "used"),
    [
        (1, 10 * ROWS_A_THREAD, 1),
        (8, 1, 1),
        (8, 2 * ROWS_A_THREAD - 1, 1),
        (8, 2 * ROWS_A_THREAD, 2),
        (8, 100 * ROWS_A_THREAD, 8),
    ],
)
def test_few_rows_are_not_spread_over_threads(threads: int, rows: int, used: int) -> None:
    """Each thread has rows enough to be worth waiting for, and never are there more than were asked for."""
    assert FitSettings(threads=threads).parameters(rows)["num_threads"] == used


@pytest.mark.parametrize(("chosen", "kept"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_sleep_while_they_wait(chosen: str | None, kept: str) -> None:
    """OpenMP says so itself once trees can be grown; a choice of one's own in the environment is not overruled."""
    own = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    asked = {**own, "OMP_DISPLAY_ENV": "true", **({"OMP_WAIT_POLICY": chosen} if chosen else {})}
    said = subprocess.run([sys.executable, "-c", START], env=asked, capture_output=True, text=True, check=True).stderr
    policies = [line.split("=")[1].strip(" '") for line in said.splitlines() if "OMP_WAIT_POLICY" in line]
    assert policies and set(policies) == {kept}
