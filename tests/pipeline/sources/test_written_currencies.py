"""Currencies that stand beside the amounts are taken off one at a time: two of them are never added up."""

from pathlib import Path

import pytest
from suppliers import COLUMNS, configured, lines

from features.errors import DataProblem
from pipeline.sources.history import read_history
from pipeline.sources.store import read_store

EITHER = 'units = ["USD", "EUR", "FCL"]'


def _reads(folder: Path, amounts: list[str], settings: str, head: str = "") -> int:
    rows = [amounts[index % len(amounts)] for index in range(48)]
    return read_history(configured(folder, lines(Net=rows), settings, head=head)).account.rows_used


def test_amounts_in_two_currencies_are_refused_and_both_are_counted(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="not all in one currency") as raised:
        _reads(tmp_path, ["USD 10.50", "USD 7.00", "EUR 3.00"], EITHER)
    assert "32 rows with USD, 16 rows with EUR" in str(raised.value)
    assert 'prefix = "USD"' in str(raised.value)


def test_a_filter_on_the_currency_is_enough(tmp_path: Path) -> None:
    kept = EITHER + '\nfilters = [{name = "usd only", keep = [{column = "Net", prefix = "USD"}]}]'
    assert _reads(tmp_path, ["USD 10.50", "USD 7.00", "EUR 3.00"], kept) == 32


@pytest.mark.parametrize(
    ("amounts", "units"),
    [
        (["€ 10.50", "7.00 EUR"], '["€", "EUR"]'),
        (["$10.50", "7.00 CAD"], '["$", "CAD"]'),
        (["USD 10.50", "7.00"], '["USD", "EUR"]'),
        (["10.50 kg", "7.00 pcs"], '["kg", "pcs"]'),
    ],
)
def test_two_ways_to_write_one_currency_are_one(tmp_path: Path, amounts: list[str], units: str) -> None:
    assert _reads(tmp_path, amounts, f"units = {units}") == 48


@pytest.mark.parametrize("stated", ["USD", "ARS", "CLP", "COP", "MXN"])
def test_a_dollar_sign_is_no_other_currency_than_a_peso(tmp_path: Path, stated: str) -> None:
    head = f'[history]\ncurrency = "{stated}"'
    rows = lines(Net=["$ 1050"] * 48)
    assert read_history(configured(tmp_path, rows, 'units = ["$"]', head=head)).account.rows_used == 48


def test_dollars_of_two_countries_are_two_currencies(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="24 rows with US\\$, 24 rows with CAD"):
        _reads(tmp_path, ["US$10.50", "7.00 CAD"], 'units = ["US$", "CAD"]')


def test_another_currency_than_the_one_stated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="USD, as in the rest of the history") as raised:
        _reads(tmp_path, ["EUR 10.50"], 'units = ["EUR"]', '[history]\ncurrency = "USD"')
    assert "filter" not in str(raised.value)  # it would keep all of them


def _with_costs(folder: Path, cost: str) -> int:
    table = lines(Net=["USD 10.50"] * 48, Cost=[cost] * 48)
    return read_history(configured(folder, table, EITHER, COLUMNS + 'unit_cost = "Cost"\n')).account.rows_used


def test_a_cost_in_another_currency_than_the_price_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="the currency of the column 'Net'") as raised:
        _with_costs(tmp_path, "EUR 7")
    assert "in the column 'Cost' 48 rows with EUR" in str(raised.value)


@pytest.mark.parametrize("cost", ["USD 7", "7", None])
def test_a_cost_in_the_currency_of_the_price_or_in_none_is_read(tmp_path: Path, cost: str | None) -> None:
    assert _with_costs(tmp_path, cost) == 48


def test_quantities_may_be_in_units_that_are_codes_of_currencies(tmp_path: Path) -> None:
    table = lines(Pieces=["12 PEN", "3 CUP"] * 24)
    assert read_history(configured(tmp_path, table, 'units = ["PEN", "CUP", "USD"]')).account.rows_used == 48


def test_reading_by_buckets_refuses_as_well(tmp_path: Path) -> None:
    table = lines(Net=["USD 10.50", "EUR 3.00"] * 24)
    config = configured(tmp_path, table, EITHER, COLUMNS, "[history]\nmemory_limit_gb = 1e-6")
    with pytest.raises(DataProblem, match="24 rows with USD, 24 rows with EUR"):
        read_store(config)
