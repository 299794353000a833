"""Whom exports meant a play for: at the first that meant it for now, on the side of its lot, and never in hindsight."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from features.engine.store import day_number
from pipeline.config import Config, load_config
from pipeline.export.places import store_of
from pipeline.export.store import PredictionStore
from pipeline.matrices.known_history import KnownHistory
from pipeline.outcomes import proposals as module
from pipeline.outcomes.proposals import proposals
from pipeline.sources.store import read_store
from tests.pipeline.prediction_rows import prediction, predictions
from tests.pipeline.supplier import END, configured, lines

FIRST, SECOND = END - timedelta(days=200), END - timedelta(days=193)
ACT, HELD = {"play": "recover", "play_status": "act"}, {"play": "recover", "play_status": "holdout"}
ONE, TWO, THREE, FOUR = (f"customer 000{number}" for number in (1, 2, 3, 4))
Row = dict[str, Any]


@pytest.fixture(scope="module")
def supplier(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, KnownHistory]:
    folder = tmp_path_factory.mktemp("proposals")
    configured(folder, lines(20))
    config = load_config(folder / "small.toml")
    found = read_store(config)
    renamed = {"older 2": TWO, "merged 3": THREE, "merged 4": FOUR, "merged 4b": FOUR}
    first = {TWO: "older 2", THREE: THREE, FOUR: "merged 4"}
    return config, KnownHistory.of(found.reading.history, found.store, renamed, first)


@pytest.fixture
def told(supplier: tuple[Config, KnownHistory], tmp_path: Path) -> Callable[..., list[tuple[str, date, bool]]]:
    """Write exports, and tell the name, the day and the side of whoever came in before a day."""
    config, known_history = supplier
    config = config.model_copy(update={"storage": config.storage.model_copy(update={"folder": str(tmp_path)})})
    days = {day_number(day): day for day in (FIRST, SECOND)}

    def told(first: list[Row], second: list[Row], before: date = END) -> list[tuple[str, date, bool]]:
        for day, rows in ((FIRST, first), (SECOND, second)):
            store_of(config).write(predictions(*(prediction(cutoff=day, **row) for row in rows)), day)
        found = proposals(known_history, config, before).sort_values(["customer", "day"])
        names = known_history.store.customer_ids
        return [(str(names[row.customer]), days[row.day], bool(row.held)) for row in found.itertuples()]

    return told


def row(customer: str, more: Row, *, now: bool | None = True) -> Row:
    return {"customer": customer, "meant_now": now, **more}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (row(ONE, ACT), row(ONE, ACT), [(ONE, FIRST, False)]),
        (row(ONE, HELD), row(ONE, ACT), [(ONE, FIRST, True)]),
        (row(ONE, ACT, now=False), row(ONE, HELD), [(ONE, SECOND, True)]),
        (row(ONE, HELD, now=False), row(ONE, HELD, now=False), []),
        (row(ONE, HELD, now=None), row(ONE, ACT), [(ONE, FIRST, True)]),
        (row(ONE, ACT | {"play_status": "capacity"}), row(ONE, ACT), [(ONE, SECOND, False)]),
        (row("older 2", HELD), row(TWO, ACT), [(TWO, FIRST, True)]),
        (row("nobody", ACT), row(THREE, ACT), [(THREE, SECOND, False)]),
    ],
    ids=["stays", "the first lot", "waits first", "waits", "did not tell", "no room first", "renamed", "unknown"],
)
def test_a_customer_comes_in_where_an_export_first_means_a_play_for_it_now(
    told: Callable[..., list[tuple[str, date, bool]]], first: Row, second: Row, expected: list[tuple[str, date, bool]]
) -> None:
    assert told([first], [second]) == expected


def test_each_play_is_a_matter_of_its_own(told: Callable[..., list[tuple[str, date, bool]]]) -> None:
    found = told([row(ONE, ACT)], [row(ONE, HELD | {"play": "build_together"})])
    assert found == [(ONE, FIRST, False), (ONE, SECOND, True)]


def test_each_name_of_the_campaign_draws_anew(told: Callable[..., list[tuple[str, date, bool]]]) -> None:
    first, second = ({"play_campaign": name} for name in ("standing", "anew"))
    assert told([row(ONE, HELD | first)], [row(ONE, ACT | second)]) == [(ONE, FIRST, True), (ONE, SECOND, False)]


@pytest.mark.parametrize("gap", [0, 14])
def test_what_was_written_when_the_time_to_act_was_over_was_in_nobodys_hands(
    supplier: tuple[Config, KnownHistory], tmp_path: Path, gap: int
) -> None:
    """Beside an export of today that is in time, as of any supplier who scores night by night."""
    config, known_history = supplier
    config = config.model_copy(
        update={
            "storage": config.storage.model_copy(update={"folder": str(tmp_path)}),
            "time": config.time.model_copy(update={"gap_days": gap}),
        }
    )
    today = datetime.now(ZoneInfo(config.history.time_zone)).date()
    last = today - timedelta(days=max(gap, 1))  # in time where no midnight passes meanwhile
    names = {today: ONE, last: TWO, last - timedelta(days=1): THREE}
    for day, name in sorted(names.items()):
        store_of(config).write(predictions(prediction(cutoff=day, **row(name, ACT))), day)
    found = proposals(known_history, config, today + timedelta(days=1))
    assert {*known_history.store.customer_ids[found["customer"].astype(int)]} == {ONE, TWO}


@pytest.mark.parametrize(("until_the_next", "counts"), [(2, False), (3, False), (4, True), (31, True)])
def test_what_a_schedule_says_some_days_late_is_in_hand_until_the_next_date(
    supplier: tuple[Config, KnownHistory],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    until_the_next: int,
    counts: bool,
) -> None:
    """Of the first of a month, scored on the fourth, people act on what it says; beside one that was in time."""
    config, known_history = supplier
    first, later = END, END + timedelta(days=until_the_next)
    config = config.model_copy(
        update={
            "storage": config.storage.model_copy(update={"folder": str(tmp_path)}),
            "time": config.time.model_copy(update={"gap_days": 0}),
        }
    )
    for day, name in ((first, ONE), (later, TWO)):
        store_of(config).write(predictions(prediction(cutoff=day, **row(name, ACT))), day)
    noon = {
        day: datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        for day, on in ((first, first + timedelta(days=3)), (later, later))
    }
    monkeypatch.setattr(PredictionStore, "first_written", lambda store: noon)
    found = proposals(known_history, config, later + timedelta(days=1))
    assert {*known_history.store.customer_ids[found["customer"].astype(int)]} == ({ONE, TWO} if counts else {TWO})


def test_exports_of_the_day_and_after_it_are_not_read(told: Callable[..., list[tuple[str, date, bool]]]) -> None:
    assert told([row(ONE, ACT)], [row(TWO, ACT)], before=SECOND) == [(ONE, FIRST, False)]


def test_what_was_said_in_hindsight_was_in_nobodys_hands(
    told: Callable[..., list[tuple[str, date, bool]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "foreseen", lambda config: lambda cutoff, run: cutoff != FIRST)
    assert told([row(ONE, HELD)], [row(ONE, ACT)]) == [(ONE, SECOND, False)]


@pytest.mark.parametrize("held", [True, False])
def test_of_several_ids_that_became_one_that_counts_whose_lot_is_kept(
    told: Callable[..., list[tuple[str, date, bool]]], held: bool
) -> None:
    """Customer 3 was an account before number 3 was merged into it; a customer 4 that began so keeps that lot."""
    kept, other = (HELD, ACT) if held else (ACT, HELD)
    merged = [row("merged 3", other), row("merged 4", kept), row("merged 4b", other)]
    found = [(THREE, SECOND, held), (FOUR, FIRST, held)]
    assert told(merged, [row(THREE, kept), row("merged 3", other), row(FOUR, other)]) == found


@pytest.mark.parametrize(("days", "told_of"), [(0, False), (400, True)])
def test_lots_that_may_be_gone_are_told_of(
    supplier: tuple[Config, KnownHistory], tmp_path: Path, caplog: pytest.LogCaptureFixture, days: int, told_of: bool
) -> None:
    config, known_history = supplier
    kept = config.storage.model_copy(update={"folder": str(tmp_path), "keep_cutoffs_days": days})
    config = config.model_copy(update={"storage": kept})
    store_of(config).write(predictions(prediction(cutoff=FIRST, **row(ONE, ACT))), FIRST)
    proposals(known_history, config, END)
    assert ("keep_cutoffs_days" in caplog.text) == told_of


def test_without_exports_nobody_was_proposed(supplier: tuple[Config, KnownHistory]) -> None:
    config, known_history = supplier
    assert proposals(known_history, config, END).empty
