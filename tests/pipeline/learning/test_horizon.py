"""The horizon of partnership: a year where history allows it, half of one else, and whatever a configuration states."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from features.errors import UsageProblem
from models.split import mature_cutoffs, split
from models.target import OutcomeWindow
from pipeline.config import Config, load_config
from pipeline.learning.horizon import chosen_horizon, settled, with_horizon
from pipeline.matrices.tasks import tasks

END = date(2025, 1, 1)
LINES = '[history.order_lines]\npath = "x.csv"\n[history.order_lines.columns]\ncustomer_id = "a"\nordered_on = "b"\n'


def configured(folder: Path, text: str = "") -> Config:
    (folder / "acme.toml").write_text(LINES + text, encoding="utf-8")
    return load_config(folder / "acme.toml")


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (date(2021, 9, 18), 365),  # the dated example of the module: cutoffs from 2021-09-19 to 2022-09-19
        (date(2021, 9, 19), 180),  # one cutoff fewer: those learned from no longer span the days of calibration
        (date(2024, 12, 1), 180),  # nothing is mature at all: the refusal to train says so
    ],
)
def test_the_history_decides(tmp_path: Path, first: date, days: int) -> None:
    config = configured(tmp_path)
    found = chosen_horizon(config, first, END)
    assert (found.days, settled(config, first, END).partnership.horizon_days) == (days, days)
    assert f"a horizon of {days} days was chosen: {(END - first).days:,} days of history" in found.note()


def test_what_is_chosen_leaves_cutoffs_by_the_rules_of_training(tmp_path: Path) -> None:
    """The same in plain words: split by hand what the long horizon matures, for every length of history."""
    config, window = configured(tmp_path), OutcomeWindow(14, 365)
    for length in range(30, 2000, 7):
        first = END - timedelta(days=length)
        parts = split(mature_cutoffs(first, END, window, step_months=1, most=96), window, test=3)
        enough = len(parts.test) == 3 and any(day + timedelta(days=365) <= parts.train[-1] for day in parts.train)
        assert chosen_horizon(config, first, END).days == (365 if enough else 180)


@pytest.mark.parametrize("stated", [1, 180, 365, 700])
def test_a_number_always_wins_and_says_nothing(tmp_path: Path, stated: int) -> None:
    config = configured(tmp_path, f"[partnership]\nhorizon_days = {stated}\n")
    for first in (date(1990, 1, 1), date(2024, 12, 1)):
        found = chosen_horizon(config, first, END)
        assert (found.days, found.note()) == (stated, "")


@pytest.mark.parametrize("wrong", ["0", "-3", '"long"', "1.5", "true"])
def test_nothing_else_is_a_horizon(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(UsageProblem, match=r'partnership.horizon_days(.|\n)*"auto", or a whole number of days'):
        configured(tmp_path, f"[partnership]\nhorizon_days = {wrong}\n")


def test_the_shipped_default_is_open_and_nothing_is_predicted_before_it_is_settled(tmp_path: Path) -> None:
    config = configured(tmp_path)
    with pytest.raises(ValueError, match="still open"):
        tasks(config)
    assert tasks(with_horizon(config, 365))["partnership"].window == OutcomeWindow(14, 365)
