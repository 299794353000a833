"""Days of the other tables: each row comes when it could be known, and nothing that is usual is an alarm."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features.history import History
from pipeline.config import load_config
from pipeline.monitor.finding import Finding
from pipeline.monitor.tables import tables
from pipeline.monitor.windows import arrivals

ASKED = load_config("demo").monitor
NIGHTS = [date(2024, 2, 29) + timedelta(days=back) for back in range(0, 62, 4)]
LINES = pa.table({"ordered_on": pa.array([date(2024, 2, 28)], pa.date32())})


def dates(*days: date | None) -> pa.Array:
    return pa.array(days, pa.date32())


def found(name: str, table: pa.Table, as_of: date) -> dict[str, Finding]:
    checked = tables(History(LINES, "", {name: table}), {}, as_of, ASKED, {})
    return {each.subject: each for each in checked.findings if each.subject.startswith(name)}


def panel(as_of: date) -> pd.DataFrame:
    """Forty rows a month of three years that are known before a day: from the first of the next month on."""
    month = pd.Series(pd.date_range("2021-01-01", "2024-12-01", freq="MS")).repeat(40)
    return pd.DataFrame({"month": month[month + pd.offsets.MonthBegin(1) < pd.Timestamp(as_of)].dt.date})


def alarms(frame: pd.DataFrame, as_of: date) -> set[str]:
    table = pa.table({"month": pa.array(frame["month"], pa.date32())})
    return {subject for subject, each in found("wallet", table, as_of).items() if each.alarm}


@pytest.mark.parametrize("as_of", NIGHTS)
def test_a_monthly_table_that_came_as_ever_is_no_alarm_on_any_night(as_of: date) -> None:
    assert alarms(panel(as_of), as_of) == set()


@pytest.mark.parametrize("as_of", NIGHTS)
def test_of_a_monthly_table_a_missing_half_and_a_missing_month_are_seen(as_of: date) -> None:
    frame = panel(as_of)
    newest = (frame["month"] == frame["month"].max()).to_numpy()
    assert alarms(frame[~newest | (np.arange(newest.size) % 2 == 0)], as_of) == {"wallet: rows"}
    assert alarms(frame[~newest], as_of) == {"wallet: last day"}


def test_a_row_comes_on_the_first_day_it_could_be_known() -> None:
    day, later = date(2024, 1, 30), date(2024, 2, 9)
    promised = pa.table({"promised_on": dates(later, day, day), "delivered_on": dates(day, later, None)})
    assert arrivals("deliveries", promised).tolist() == [19_752] * 3
    quoted = pa.table({"quoted_on": dates(day, day, day), "known_on": dates(later, None, date(2023, 12, 1))})
    assert arrivals("quotes", quoted).tolist() == [19_762, 19_752, 19_752]
    month = pa.table({"month": dates(day, day), "known_on": dates(None, later)})
    assert arrivals("wallet", month).tolist() == [19_754, 19_762]


def test_deliveries_made_before_their_promised_day_are_counted_where_that_day_is_yet_to_come() -> None:
    made = [NIGHTS[0] - timedelta(days=back) for back in range(1, 400)]
    promised = [day + timedelta(days=5) for day in made]
    table = pa.table({"promised_on": dates(*promised), "delivered_on": dates(*made)})
    assert {subject: each.alarm for subject, each in found("deliveries", table, NIGHTS[0]).items()} == {
        "deliveries: last day": False,
        "deliveries: rows": False,
    }


def test_customers_without_a_date_are_not_asked_how_old_they_are() -> None:
    assert found("customers", pa.table({"region": pa.array(["north"])}), NIGHTS[0]) == {}
