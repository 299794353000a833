"""What a training warns of before it learns: also of tables that look misread, for whoever never asks the profile."""

from datetime import date
from pathlib import Path

import pytest
from beside import regular, with_tables
from suppliers import lines

from features.engine.store import LineStore
from pipeline.config import load_config
from pipeline.sources.history import read_history
from pipeline.training.train import _warnings


@pytest.mark.parametrize("beside", [True, False])
def test_a_table_whose_rows_are_all_of_one_day_is_warned_of(tmp_path: Path, beside: bool) -> None:
    agreed = regular("contracts", 40, known_on=None, cancelled_on=None, ends_on=[date(2025, 1, 1)] * 40)
    tables = [("contracts", agreed, "")] if beside else []
    config = load_config(with_tables(tmp_path, *tables, more=lines(25, 12)))
    history = read_history(config).history
    told = [*_warnings(history, LineStore.from_history(history), config)]
    assert any(each.startswith("contracts: ends_on is") for each in told) is beside
