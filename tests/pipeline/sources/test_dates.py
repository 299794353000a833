"""Timestamps told by another clock than the day is to be of, and days as spreadsheets count them."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suppliers import column, configured, exclude, lines, read_column

from pipeline.memory import limit as memory_limit
from pipeline.sources import dates
from pipeline.sources import store as reading_store
from pipeline.sources.history import read_history
from pipeline.sources.history_end import last_day
from pipeline.sources.store import read_store

IN_UTC = 'duplicates = "keep"\ntimestamps_in = "UTC"'
HEADER = "Customer,Order,Date,Item,Pieces,Net\n"


def zone(name: str) -> str:
    return f'[history]\ntime_zone = "{name}"'


MOMENTS = [
    ("2024-01-10 22:59:59", "Europe/Berlin", "2024-01-10"),
    ("2024-01-10 23:00:00", "Europe/Berlin", "2024-01-11"),
    ("2024-03-30 22:59:59", "Europe/Berlin", "2024-03-30"),
    ("2024-03-30 23:00:00", "Europe/Berlin", "2024-03-31"),
    ("2024-03-31 21:59:59", "Europe/Berlin", "2024-03-31"),
    ("2024-03-31 22:00:00", "Europe/Berlin", "2024-04-01"),
    ("2024-10-26 22:00:00", "Europe/Berlin", "2024-10-27"),
    ("2024-10-27 22:59:59", "Europe/Berlin", "2024-10-27"),
    ("2024-10-27 23:00:00", "Europe/Berlin", "2024-10-28"),
    ("2024-01-10 04:59:59", "America/New_York", "2024-01-09"),
    ("2024-01-10 05:00:00", "America/New_York", "2024-01-10"),
    ("2024-01-10 00:00:00", "America/New_York", "2024-01-10"),
    ("2024-01-10 00:00:01", "America/New_York", "2024-01-09"),
    ("2024-01-10 18:30:00", "Asia/Kolkata", "2024-01-11"),
]
"""What a database in Greenwich writes, where the supplier is, and its day there; midnight is a day without a time."""


@pytest.mark.parametrize(("written", "where", "expected"), MOMENTS)
@pytest.mark.parametrize("kind", ["timestamp[s]", "timestamp[ms]", "timestamp[us]", "timestamp[ns]", "text", "csv"])
def test_timestamps_without_a_zone_are_moved_from_the_zone_stated(
    tmp_path: Path, kind: str, written: str, where: str, expected: str
) -> None:
    if kind == "csv":
        text = HEADER + f"C1,O1,{written},P1,1,1.00\n"
        found = column(read_history(configured(tmp_path, text, IN_UTC, head=zone(where))), "ordered_on")
    else:
        stamp = datetime.fromisoformat(written)
        values = pa.array([written]) if kind == "text" else pa.array([stamp], pa.timestamp(kind[10:-1]))
        found = read_column(tmp_path, values, "ordered_on", "Date", settings=IN_UTC, head=zone(where))
    assert found == [date.fromisoformat(expected)]


UNMOVED = [
    (pa.array([date(2024, 1, 10)]), ""),
    (pa.array(["2024-01-10"]), ""),
    (pa.array(["2024-01-10 00:00:00.000"]), ""),
    (pa.array(["10.01.2024"]), 'date_format = "%d.%m.%Y"'),
    (pa.array([45301]), 'date_format = "excel"'),
    (pa.array(["2024-01-10T22:00:00-05:00"]), ""),
    (pa.array(["2024-01-10 22:00 -0500"]), 'date_format = "%Y-%m-%d %H:%M %z"'),
    (pa.array([datetime(2024, 1, 11, 3, tzinfo=UTC)], pa.timestamp("us", "UTC")), ""),
    (pa.array([1704942000]), 'date_format = "epoch_seconds"'),
]


@pytest.mark.parametrize(("values", "form"), UNMOVED)
@pytest.mark.parametrize("own", ["", "UTC", "Asia/Tokyo"])
def test_days_and_moments_with_a_zone_do_not_depend_on_the_setting(
    tmp_path: Path, values: pa.Array, form: str, own: str
) -> None:
    stated = f'timestamps_in = "{own}"\n{form}'
    found = read_column(tmp_path, values, "ordered_on", "Date", settings=stated, head=zone("America/New_York"))
    assert found == [date(2024, 1, 10)]


@settings(max_examples=60)
@given(
    st.lists(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)), min_size=1, max_size=20),
    st.sampled_from(["UTC", "Asia/Tokyo", "America/Sao_Paulo"]),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Auckland", "UTC"]),
)
def test_the_day_is_the_one_that_python_says(
    tmp_path_factory: pytest.TempPathFactory, stamps: list[datetime], own: str, here: str
) -> None:
    stamps = [stamp.replace(hour=12) for stamp in stamps]  # clocks change at night: what they skip is told of nowhere
    stated = f'duplicates = "keep"\ntimestamps_in = "{own}"'
    values, head = pa.array(stamps, pa.timestamp("us")), f"{zone(here)}\nlast_day = 2040-01-01"
    found = read_column(tmp_path_factory.mktemp("days"), values, "ordered_on", "Date", settings=stated, head=head)
    assert found == [stamp.replace(tzinfo=ZoneInfo(own)).astimezone(ZoneInfo(here)).date() for stamp in stamps]


def test_one_table_may_tell_time_by_another_clock_than_the_others(tmp_path: Path) -> None:
    head = f'{zone("Europe/Berlin")}\n[history.every_table]\ntimestamps_in = "UTC"'
    values = pa.array(["2024-01-10 23:30:00"])
    for own, day in (("", 11), ('timestamps_in = "Asia/Tokyo"', 10), ('timestamps_in = "Europe/Berlin"', 10)):
        found = read_column(tmp_path, values, "ordered_on", "Date", settings=own, head=head)
        assert found == [date(2024, 1, day)]


def test_a_moment_of_a_filter_means_the_same_moment_in_the_zone_stated(tmp_path: Path) -> None:
    """Half past midnight in Greenwich is not before it, though it would be if it were told by Berlin's clock."""
    table = lines(
        1, 3, Item=["A", "B", "C"], Date=["2023-01-03 00:15:00", "2023-01-03 00:45:00", "2023-01-03T01:15+01:00"]
    )
    rule = exclude('column = "Date", range = {before = 2023-01-03T00:30:00Z}')
    config = configured(tmp_path, table, f"{rule}\n{IN_UTC}", head=zone("Europe/Berlin"))
    assert column(read_history(config), "product_id") == ["B"]


WRITTEN = ["2023-01-02 22:30", "2023-01-02 23:30", "2023-01-03", "2023-01-02T23:30Z", "2023-01-03T00:00Z", "2023-01-05"]


@pytest.mark.parametrize("kind", ["text", "timestamp", "zoned"])
@pytest.mark.parametrize(("where", "text_left"), [("Europe/Berlin", "BCDEF"), ("America/New_York", "CF")])
def test_a_day_of_a_filter_is_the_day_that_rows_are_read_as(
    tmp_path: Path, kind: str, where: str, text_left: str
) -> None:
    """Half past eleven in Greenwich is the next day in Berlin; a day without a time never moves."""
    stamps = pa.array(WRITTEN)
    if kind != "text":
        moments = [datetime.fromisoformat(each).replace(tzinfo=None) for each in WRITTEN]
        stamps = pa.array(moments, pa.timestamp("us", None if kind == "timestamp" else "UTC"))
    table = lines(1, 6, Item=list("ABCDEF")).set_column(2, "Date", stamps)
    rule = exclude('column = "Date", range = {before = 2023-01-03}')
    found = []
    for stated in ("", rule):
        config = configured(tmp_path, table, f"{stated}\n{IN_UTC}", head=zone(where))
        reading = read_history(config)
        found.append(dict(zip(column(reading, "product_id"), column(reading, "ordered_on"), strict=True)))
    whole, left = found
    assert left == {item: day for item, day in whole.items() if day >= date(2023, 1, 3)}
    assert kind != "text" or "".join(sorted(left)) == text_left


def test_moments_at_the_ends_of_time_are_put_aside_and_stop_nothing(tmp_path: Path) -> None:
    stamps = ["294247-01-10 04:00:54", "0001-01-01 00:00:01", "infinity", "2024-01-10 23:30:00"]
    table = lines(1, 4, Date=stamps)
    head = f"{zone('America/New_York')}\nmax_quarantined_share = 1.0"
    reading = read_history(configured(tmp_path, table, IN_UTC, head=head))
    assert column(reading, "ordered_on") == [date(2024, 1, 10)]
    assert reading.account.rows_quarantined == 3


def test_by_buckets_days_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamps = [datetime(2023, 1, 1, 20) + timedelta(hours=7 * row) for row in range(96)]
    table = lines(4, 24, Date=pa.array(stamps))
    whole = configured(tmp_path, table, IN_UTC, head=zone("Europe/Berlin"))
    share = len(stamps) * memory_limit.BYTES_A_LINE / 3 / memory_limit.LEAST_SHARE / memory_limit.BYTES_A_GB
    (tmp_path / "parted").mkdir()
    head = f"{zone('Europe/Berlin')}\nmemory_limit_gb = {share}"
    parted = configured(tmp_path / "parted", table, IN_UTC, head=head)
    one = read_store(whole).store
    monkeypatch.setattr(reading_store, "read_history", lambda *_: pytest.fail("it was not read by buckets"))
    other = read_store(parted).store
    assert (one.day.tolist(), last_day(one)) == (other.day.tolist(), last_day(other))
    assert last_day(one) == stamps[-1].replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")).date()


SERIALS = [
    (pa.array([44927]), "excel", "2023-01-01"),
    (pa.array([44927.0]), "excel", "2023-01-01"),
    (pa.array([44927.999]), "excel", "2023-01-01"),
    (pa.array(["44927"]), "excel", "2023-01-01"),
    (pa.array(["44927.5"]), "excel", "2023-01-01"),
    (pa.array([43465]), "excel_1904", "2023-01-01"),
    (pa.array([45351]), "excel", "2024-02-29"),
]


@pytest.mark.parametrize(("values", "form", "expected"), SERIALS)
def test_days_as_spreadsheets_count_them(tmp_path: Path, values: pa.Array, form: str, expected: str) -> None:
    stated = f'date_format = "{form}"'
    found = read_column(tmp_path, values, "ordered_on", "Date", settings=stated)
    assert found == [date.fromisoformat(expected)]


def test_a_count_of_days_is_written_as_other_numbers_are(tmp_path: Path) -> None:
    table, stated = lines(1, 1, Date=["44927,75"], Net=["1,50"]), 'date_format = "excel"\ndecimal = ","'
    assert column(read_history(configured(tmp_path, table, stated)), "ordered_on") == [date(2023, 1, 1)]


@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.times(time(0, 0, 1), time(23, 59, 58)))
@settings(max_examples=40)
def test_a_count_of_days_with_a_time_is_the_day_it_counts(
    tmp_path_factory: pytest.TempPathFactory, day: date, at: time
) -> None:
    since = datetime.combine(day, at) - datetime(1899, 12, 30)
    text = 'date_format = "excel"'
    head = "[history]\nlast_day = 2100-01-01"
    values = pa.array([since / timedelta(days=1)])
    found = read_column(tmp_path_factory.mktemp("days"), values, "ordered_on", "Date", settings=text, head=head)
    assert found == [day]


def test_what_counts_no_day_is_no_date(tmp_path: Path) -> None:
    table = lines(1, 6, Date=pa.array([0.0, 60.0, -1.0, 1e300, float("nan"), 44927.0]))
    head = "[history]\nmax_quarantined_share = 1.0"
    account = read_history(configured(tmp_path, table, 'date_format = "excel"', head=head)).account
    assert account.quarantined == {"ordered_on is not a date": 5}


@pytest.mark.parametrize("text", ["1e300", "9e18"])
def test_an_epoch_beyond_time_is_no_date_and_stops_nothing(tmp_path: Path, text: str) -> None:
    table = lines(1, 2, Date=[text, "1711929540"])
    head = "[history]\nmax_quarantined_share = 1.0"
    account = read_history(configured(tmp_path, table, 'date_format = "epoch_seconds"', head=head)).account
    assert account.quarantined == {"ordered_on is not a date": 1}


def test_without_the_rule_for_days_a_day_would_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: midnight moved like any other moment."""
    values = pa.array([datetime(2024, 1, 10)], pa.timestamp("us"))
    real = dates._moved
    monkeypatch.setattr(dates, "_moved", lambda moment, *more: real(f"({moment} + INTERVAL 1 SECOND)", *more))
    found = read_column(tmp_path, values, "ordered_on", "Date", settings=IN_UTC, head=zone("America/New_York"))
    assert found == [date(2024, 1, 9)]
