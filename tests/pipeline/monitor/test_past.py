"""A delivery that is whole by itself and another past is an alarm, for as long as an older export knows better."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from pipeline.config import load_config
from pipeline.monitor import past as module
from pipeline.monitor.finding import Finding
from pipeline.monitor.past import CHECK, GONE, OTHERWISE, past
from pipeline.scoring.changed_past import Past

CONFIG = load_config("demo")
DAY = date(2024, 6, 30)
NIGHT, MONTH = DAY - timedelta(days=1), DAY - timedelta(days=CONFIG.monitor.window_days)


def found(monkeypatch: pytest.MonkeyPatch, *exports: Past) -> list[Finding]:
    """What is found where these are the exports."""

    def past_of(_: object, day: date, __: object, ___: object, days: int) -> Past | None:
        return next((each for each in exports if (day - each.cutoff).days >= days), None)

    monkeypatch.setattr(module, "past_of", past_of)
    monkeypatch.setattr(module, "store_of", lambda _: None)
    reading = SimpleNamespace(store=None, reading=SimpleNamespace(renamed={}))
    return list(past(reading, DAY, CONFIG))  # type: ignore[arg-type]


SAME, MONTH_SAME = Past(NIGHT, 100, 0, 1), Past(MONTH, 90, 0, 2)


@pytest.mark.parametrize(
    ("exports", "alarms"),
    [
        ((SAME, MONTH_SAME), []),
        ((replace(SAME, gone=50), MONTH_SAME), [GONE]),
        ((SAME, replace(MONTH_SAME, gone=45)), [GONE]),  # tonight's export was made of the same delivery
        ((replace(SAME, otherwise=40), MONTH_SAME), [OTHERWISE]),
        ((replace(SAME, gone=50), replace(MONTH_SAME, otherwise=9)), [GONE, OTHERWISE]),
    ],
)
def test_the_export_that_differs_more_decides(
    exports: tuple[Past, ...], alarms: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = found(monkeypatch, *exports)
    assert [each.subject for each in looked] == [GONE, OTHERWISE]
    assert [each.subject for each in looked if each.alarm] == alarms
    assert [each.todo for each in looked if each.alarm] == [CHECK] * len(alarms)


def test_without_an_export_there_is_nothing_to_compare_with(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch) == []


def test_it_says_how_many_of_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, otherwise = found(monkeypatch, replace(SAME, gone=50, otherwise=40))
    assert gone.what == (
        "50% of the 100 customers who had ordered in the year before 2024-06-29 have no order before it any more"
    )
    assert (gone.got, gone.limit, otherwise.got, otherwise.limit) == (0.5, 0.01, 0.8, 0.05)
    assert otherwise.what.startswith(
        "80% of the 50 customers who had ordered in the year before 2024-06-29 did so otherwise"
    )
