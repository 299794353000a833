"""Monitoring of a small supplier: nothing cries wolf, and each planted fault is named."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from features.errors import ModelProblem, NothingToDo
from features.history import History
from pipeline.config import Config
from pipeline.monitor import Check, monitor
from pipeline.monitor_files import HISTORY, keep
from pipeline.monitor_tables import table_findings
from pipeline.score import score
from tests.pipeline.supplier import END, configured, lines

LONG_AGO = date(2020, 1, 1)


def quiet(what: str, share: float) -> None:
    """Say nothing."""


def daily(days: range, rows: int = 10) -> pa.Table:
    """So many order lines on each day; amounts known."""
    day = np.repeat(np.array(days), rows)
    return pa.table(
        {
            "customer_id": [f"c{place % 7}" for place in range(day.size)],
            "ordered_on": pa.array(day.astype("int32")).cast(pa.date32()),
            "net_amount": pa.array(np.full(day.size, 100), pa.int64()),
        }
    )


def alarms(table: pa.Table, as_of: int, config: Config) -> list[str]:
    day = date(1970, 1, 1) + timedelta(days=as_of)
    return [each.subject for each in table_findings(History(table), day, config) if each.alarm]


@pytest.fixture
def plain(tmp_path: Path) -> Config:
    return configured(tmp_path, lines(3))


def test_a_table_that_goes_on_as_it_was_raises_no_alarm(plain: Config) -> None:
    assert alarms(daily(range(18_000, 18_600)), 18_600, plain) == []


def test_a_stale_table_is_named(plain: Config) -> None:
    assert alarms(daily(range(18_000, 18_590)), 18_600, plain) == ["order_lines"]


def test_pauses_that_are_usual_are_not_stale(plain: Config) -> None:
    assert alarms(daily(range(18_000, 18_600, 14), rows=30), 18_600, plain) == []


def test_half_a_month_that_is_missing_is_named(plain: Config) -> None:
    table = daily(range(18_000, 18_600))
    lost = pc.and_(pc.greater_equal(pc.cast(table["ordered_on"], pa.int32()), 18_575),
                   pc.less(pc.cast(table["ordered_on"], pa.int32()), 18_595))  # fmt: skip
    assert alarms(table.filter(pc.invert(lost)), 18_600, plain) == ["order_lines"]


def test_values_that_stop_coming_are_named(plain: Config) -> None:
    table = daily(range(18_000, 18_600))
    late = pc.greater_equal(pc.cast(table["ordered_on"], pa.int32()), 18_550)
    emptied = pc.if_else(late, pa.scalar(None, pa.int64()), table["net_amount"])
    assert alarms(table.set_column(2, "net_amount", emptied), 18_600, plain) == ["order_lines.net_amount"]


def test_rows_of_later_days_are_not_looked_at(plain: Config) -> None:
    assert alarms(daily(range(18_000, 18_800)), 18_600, plain) == []


@pytest.mark.slow
def test_a_supplier_that_goes_on_as_it_was_raises_no_alarm_about_features(unscored: Config) -> None:
    found = monitor(unscored, END, quiet)
    assert not [each for each in found.alarms if each.section in {"inputs", "tables"}]
    assert found.text().startswith("# small: monitoring as of")
    assert monitor(unscored, END, quiet).text() == found.text()


@pytest.mark.slow
def test_past_exports_are_judged_by_what_came(unscored: Config) -> None:
    score(unscored, END - timedelta(days=120))
    score(unscored, END)
    found = [each for each in monitor(unscored, END, quiet).findings if each.section == "performance"]
    assert [each.subject for each in found] == [f"churn at {END - timedelta(days=120)}", "churn"]
    assert 0.5 < found[0].numbers["roc_auc"] <= 1
    assert found[1].numbers["open"] == 1


@pytest.mark.slow
def test_amounts_in_another_unit_are_an_alarm(unscored: Config) -> None:
    file = Path(unscored.history.order_lines.path)
    whole = file.read_bytes()
    try:
        _in_cents(file, END - timedelta(days=400))
        check = monitor(unscored, END, quiet)
    finally:
        file.write_bytes(whole)
    named = " ".join(each.subject for each in check.alarms)
    assert "spend" in named
    assert (check.problem() or ModelProblem).exit_code == 5  # type: ignore[union-attr]


def _in_cents(file: Path, since: date) -> None:
    """Amounts of the days since then a hundred times what they were."""
    table = pq.read_table(file)
    late = pc.greater_equal(table["day"], pa.scalar(since, table["day"].type))
    place = table.column_names.index("amount")
    changed = pc.if_else(late, pc.multiply(table["amount"], 100.0), table["amount"])
    pq.write_table(table.set_column(place, "amount", changed), file)


@pytest.mark.slow
def test_a_check_is_kept_once_a_day_and_names_no_customer(unscored: Config) -> None:
    check = monitor(unscored, END, quiet)
    first, again = keep(check, unscored), keep(check, unscored)
    assert first.page.read_text() == again.page.read_text() == check.text()
    assert len((first.page.parent / HISTORY).read_text().splitlines()) == 1
    assert "customer 0" not in check.text()


@pytest.mark.slow
def test_a_day_before_everything_is_nothing_to_do(unscored: Config) -> None:
    with pytest.raises(NothingToDo):
        monitor(unscored, LONG_AGO, quiet)


def test_without_a_champion_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="no champion"):
        monitor(configured(tmp_path, lines(20)), END, quiet)


def test_no_alarm_is_no_problem() -> None:
    assert Check("small", END, (), ("small-churn 1",)).problem() is None
