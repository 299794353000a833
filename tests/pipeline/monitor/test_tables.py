"""Tables: a usual month passes; a stale, thin, rescaled or renamed one is named."""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from features.history import History
from pipeline.config import load_config
from pipeline.monitor.finding import Finding, Section
from pipeline.monitor.limits import oldest_usual, usual_changes
from pipeline.monitor.tables import tables
from pipeline.sources.account import Account

ASKED = load_config("demo").monitor
AS_OF = date(2024, 6, 30)
DAYS = 400


def rows() -> pd.DataFrame:
    """Twenty lines a day for 400 days up to the day before the check."""
    random = np.random.default_rng(0)
    day = np.repeat([AS_OF - timedelta(days=back) for back in range(DAYS, 0, -1)], 20)
    return pd.DataFrame(
        {
            "ordered_on": day,
            "net_amount": random.integers(500, 1_500, day.size),
            "category": random.choice(["tools", "paint", "wood"], day.size),
            "quantity": np.where(random.random(day.size) < 0.1, None, 2.0),
        }
    )


def checked(frame: pd.DataFrame, quarantined: int = 0, before: tuple[float, ...] = ()) -> Section:
    lines = pa.table(
        {
            "ordered_on": pa.array(frame["ordered_on"], pa.date32()),
            "net_amount": pa.array(frame["net_amount"], pa.int64()),
            "category": pa.array(frame["category"]).cast(pa.string()).dictionary_encode(),
            "quantity": pa.array(frame["quantity"], pa.float64()),
        }
    )
    account = Account("order_lines", 1, 1_000, {}, {"broken": quarantined})
    return tables(History(lines), {"order_lines": account}, AS_OF, ASKED, {"order_lines": list(before)})


def recent(frame: pd.DataFrame) -> pd.Series:
    return pd.Series([day >= AS_OF - timedelta(days=28) for day in frame["ordered_on"]])


def halved(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~(recent(frame) & (frame.index % 2 == 0))]


def stale(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[[day < AS_OF - timedelta(days=5) for day in frame["ordered_on"]]]


def rescaled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(net_amount=frame["net_amount"].where(~recent(frame), frame["net_amount"] * 100))


def renamed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[~(recent(frame) & (frame["category"] == "paint"))]


def emptied(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(quantity=frame["quantity"].where(~recent(frame), None))


INJECTED = [
    (halved, "order_lines: rows"),
    (stale, "order_lines: last day"),
    (rescaled, "order_lines.net_amount: scale"),
    (renamed, "order_lines.category = paint"),
    (emptied, "order_lines.quantity: nulls"),
]


def test_where_nothing_came_before_there_is_nothing_to_compare_with() -> None:
    frame = rows()
    old = frame[[day < AS_OF - timedelta(days=200) for day in frame["ordered_on"]]]
    found = {each.subject: each.what for each in checked(old).findings}
    assert found["order_lines: rows"] == "0 rows in the last 28 days, none in the three such times before"


def test_a_usual_month_passes() -> None:
    assert checked(rows()).alarms == ()


@pytest.mark.parametrize(("change", "subject"), INJECTED)
def test_what_is_wrong_is_named(change: Callable[[pd.DataFrame], pd.DataFrame], subject: str) -> None:
    alarms = {each.subject: each for each in checked(change(rows())).alarms}
    assert subject in alarms
    assert alarms[subject].todo


def ago(frame: pd.DataFrame) -> np.ndarray:
    """Days from each row to the check."""
    return np.array([(AS_OF - day).days for day in frame["ordered_on"]])


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64()])
@pytest.mark.parametrize(("median", "limit"), [(20_001, 20_000), (20_000, None), (100, None), (99, 100)])
def test_a_median_is_held_against_the_largest_and_the_smallest_before_and_a_factor(
    median: int, limit: float | None, kind: pa.DataType
) -> None:
    """The amount of a line was 1,000 and in one window 2,000; by ten times of either an alarm goes off."""
    frame = rows()
    back = ago(frame)
    amount = np.where(back <= 28, median, np.where(back <= 56, 2_000, 1_000))
    lines = pa.table({"ordered_on": pa.array(frame["ordered_on"], pa.date32()), "net_amount": pa.array(amount, kind)})
    asked = ASKED.model_copy(update={"scale_factor": 10})
    found = [(each.got, each.limit) for each in tables(History(lines), {}, AS_OF, asked, {}).alarms]
    assert found == ([] if limit is None else [(median, limit)])


def test_rows_are_held_against_the_mean_of_three_windows() -> None:
    """Half, all and all of what comes in a window came in the three before; three quarters now are 90 % of that."""
    frame = rows()
    window = (ago(frame) - 1) // 28
    kept = frame[frame.index % 20 < np.select([window == 0, window == 1], [15, 10], 20)].reset_index(drop=True)
    told = next(each.what for each in checked(kept).findings if "rows" in each.subject)
    assert told == "420 rows in the last 28 days, 90% of the three such times before"


def test_a_word_that_was_gone_before_is_no_news() -> None:
    frame = rows()
    gone = (ago(frame) <= 56) & (frame["category"] == "paint")
    assert "order_lines.category = paint" not in {each.subject for each in checked(frame[~gone]).alarms}


def test_where_the_median_was_ever_nothing_no_unit_is_told_from_it() -> None:
    frame = rows()
    back = ago(frame)
    changed = frame["net_amount"].where(back > 28, 100_000).where((back <= 28) | (back > 56), 0)
    assert checked(frame.assign(net_amount=changed)).alarms == ()


def test_a_share_of_nulls_is_held_against_the_most_and_the_least_there_ever_was() -> None:
    """A fifth had no quantity in one window of before and none in the others: a fifth again is nothing new."""
    frame = rows().assign(quantity=2.0)
    back, fifth = ago(frame), frame.index % 5 == 0
    once, now = (back > 84) & (back <= 112), back <= 28

    def alarms(empty: np.ndarray) -> list[str]:
        return [each.subject for each in checked(frame.assign(quantity=frame["quantity"].mask(empty))).alarms]

    assert alarms(fifth & (once | now)) == alarms(fifth & once) == []
    assert alarms(fifth & now) == alarms(fifth & ~now) == ["order_lines.quantity: nulls"]


@pytest.mark.parametrize("swing", [0.1, 0.4])
def test_a_table_that_always_swung_raises_as_many_alarms_as_chance_may(swing: float) -> None:
    random, beyond, beyond_the_worst = np.random.default_rng(0), 0, 0
    for _ in range(2_000):
        *past, now = np.exp(swing * random.normal(size=27))
        low, high = usual_changes(np.array(past), ASKED.model_copy(update={"rows_margin": 0.0}))
        beyond += not low <= now <= high
        beyond_the_worst += not min(past) <= now <= max(past)  # the mutant: the worst ever seen is passed all the time
    assert beyond / 2_000 == pytest.approx(ASKED.chance, abs=0.005)
    assert beyond_the_worst / 2_000 > 0.06


def test_the_first_weeks_of_a_table_set_no_limit_on_how_old_its_newest_row_may_be() -> None:
    campaign = np.arange(9)  # nine days of calls, and the next campaign a month later
    assert np.isnan(oldest_usual(campaign, ASKED))
    assert oldest_usual(np.concatenate([campaign + 30 * month for month in range(5)]), ASKED) == 22


def test_a_closing_once_a_year_hides_no_delivery_that_fails_in_spring() -> None:
    ordinary = np.array([day for day in range(700) if day % 7 < 5])  # working days
    closed = ordinary[(ordinary < 350) | (ordinary >= 364)]
    assert oldest_usual(ordinary, ASKED) == 3  # Friday's rows are the newest on Monday
    assert 3 < oldest_usual(closed, ASKED) < 14 < 1.5 * np.diff(closed).max()  # the mutant: the longest pause, and half
    ages = np.concatenate([np.arange(1, pause + 1) for pause in np.diff(closed)])
    assert np.mean(ages > oldest_usual(closed, ASKED)) <= ASKED.chance
    assert np.isnan(oldest_usual(ordinary[:4], ASKED))


def test_a_steady_table_is_held_to_the_least_change_worth_an_alarm() -> None:
    low, high = usual_changes(np.ones(26), ASKED)
    assert (low, high) == pytest.approx((1 / (1 + ASKED.rows_margin), 1 + ASKED.rows_margin))
    assert usual_changes(np.array([1.0, 0.0, 1.0]), ASKED)[0] < 0.01, "a window without rows is a wide swing"
    assert np.isnan(usual_changes(np.array([1.0, np.nan]), ASKED)).all()


def test_more_quarantined_than_ever_is_an_alarm() -> None:
    assert [each.subject for each in checked(rows(), 100, before=(0.01, 0.02)).alarms] == ["order_lines: quarantined"]
    assert checked(rows(), 100).alarms == (), "nobody knows yet what is usual"


def test_a_short_history_has_no_limits() -> None:
    few = rows().tail(20 * 60).reset_index(drop=True)
    found: list[Finding] = [each for each in checked(halved(few)).findings if each.alarm]
    assert found == []


def test_rows_that_came_after_the_day_of_the_check_are_not_looked_at() -> None:
    later = rows().assign(ordered_on=AS_OF + timedelta(days=9))
    both = pd.concat([rows(), later], ignore_index=True)
    assert str(checked(both).findings) == str(checked(rows()).findings)
    assert str(checked(later).findings) == str(checked(rows().iloc[:0]).findings)
