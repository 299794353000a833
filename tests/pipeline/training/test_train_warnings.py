"""What a training warns of before it learns: also of tables that look misread, for whoever never asks the profile."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from beside import regular, with_tables
from suppliers import configured, lines

from features.engine.store import LineStore
from pipeline.config import load_config
from pipeline.sources.history import read_history
from pipeline.training.train import _doubts_of_lines, _warnings


@pytest.mark.parametrize("beside", [True, False])
def test_a_table_whose_rows_are_all_of_one_day_is_warned_of(tmp_path: Path, beside: bool) -> None:
    agreed = regular("contracts", 40, known_on=None, cancelled_on=None, ends_on=[date(2025, 1, 1)] * 40)
    tables = [("contracts", agreed, "")] if beside else []
    config = load_config(with_tables(tmp_path, *tables, more=lines(25, 12)))
    history = read_history(config).history
    told = [*_warnings(history, LineStore.from_history(history), config)]
    assert any(each.startswith("contracts: ends_on is") for each in told) is beside


@pytest.mark.parametrize("at_hand", [True, False])
def test_order_lines_that_look_misread_are_warned_of_as_long_as_they_are_at_hand(tmp_path: Path, at_hand: bool) -> None:
    table = lines(customers=100, orders=16, Net=["9900"] * 1600, Status=["paid", "cancelled", "paid", "paid"] * 400)
    config = configured(tmp_path, table, 'duplicates = "keep"')
    reading = read_history(config)
    gone = replace(reading, history=replace(reading.history, order_lines=reading.history.order_lines.slice(0, 0)))
    told = [*_doubts_of_lines(reading if at_hand else gone, config)]
    assert ["cancelled" in each for each in told] == ([True, False] if at_hand else [True])
