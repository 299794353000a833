"""What champions say, and what comes, against its own past: which exports and cutoffs are looked at, and which not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from pipeline.config import load_config
from pipeline.matrices.dataset import Dataset
from pipeline.monitor import drift
from pipeline.monitor.drift import Watched, labels, scores
from pipeline.monitor.finding import Section

CONFIG = load_config("demo")
ASKED = CONFIG.monitor
TODAY = date(2024, 6, 30)
CUSTOMERS = 300


def day(back: int) -> date:
    return TODAY - timedelta(days=back)


def said(monkeypatch: pytest.MonkeyPatch, exports: Mapping[int, np.ndarray], as_of: date = TODAY) -> Section:
    """What is found of exports, given as days before today and the chances they held."""
    tables = {day(back): pa.table({"churn_probability": chances}) for back, chances in exports.items()}
    kept = SimpleNamespace(cutoffs=lambda: sorted(tables), read=tables.__getitem__)
    monkeypatch.setattr(drift, "store_of", lambda _: kept)
    return scores(Watched("churn", None, None, None, CONFIG), as_of)


def chances(mean: float, seed: int = 0) -> np.ndarray:
    """Of 300 customers, about their mean."""
    return np.clip(np.random.default_rng(seed).normal(mean, 0.05, CUSTOMERS), 0, 1)


PAST = {7 * week: chances(0.3, week) for week in range(1, 11)}


@pytest.mark.parametrize(("newest", "alarm"), [(0.3, False), (0.6, True), (0.1, True)])
def test_the_newest_export_is_held_against_those_before_it(
    monkeypatch: pytest.MonkeyPatch, newest: float, alarm: bool
) -> None:
    found = said(monkeypatch, PAST | {0: chances(newest)})
    assert (found.name, [each.alarm for each in found.findings]) == ("scores", [alarm])
    assert found.figures["churn_probability_mean"] == pytest.approx(newest, abs=0.02)
    assert found.figures["churn_probability_mean_before"] == pytest.approx(0.3, abs=0.02)
    assert found.notes == ()


def test_an_export_of_the_day_of_the_check_is_looked_at_and_later_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    exports = PAST | {0: chances(0.6), -1: chances(0.3)}
    assert said(monkeypatch, exports).alarms
    assert not said(monkeypatch, exports, day(1)).alarms


def test_what_is_not_known_is_not_counted_and_an_empty_export_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    gaps = np.append(chances(0.3), [np.nan] * 300)
    found = said(monkeypatch, PAST | {1: np.full(5, np.nan), 0: gaps})
    assert found.figures["churn_probability_mean"] == pytest.approx(chances(0.3).mean())
    assert not found.alarms


def test_only_the_latest_exports_say_what_is_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there are windows, the newest among them: one export more, of long ago, is not looked at."""
    recent = {back: chances(0.3, back) for back in range(ASKED.windows)}
    found = said(monkeypatch, recent | {400: np.ones(CUSTOMERS)})
    assert found.figures["churn_probability_mean_before"] == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize(
    ("before", "findings", "note"),
    [
        (0, 0, "0 exports before the newest: too few"),
        (1, 0, "1 export before the newest: too few"),
        (2, 1, "the limit rests on 2 exports"),
        (ASKED.least_history - 1, 1, f"the limit rests on {ASKED.least_history - 1} exports"),
        (ASKED.least_history, 1, ""),
    ],
)
def test_few_exports_say_so(monkeypatch: pytest.MonkeyPatch, before: int, findings: int, note: str) -> None:
    found = said(monkeypatch, {back: chances(0.3, back) for back in range(before + 1)})
    assert (found.name, len(found.findings), len(found.notes)) == ("scores", findings, 1 if note else 0)
    assert note in " ".join(found.notes)


def test_without_any_export_there_is_nothing_to_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "0 exports before the newest" in said(monkeypatch, {}).notes[0]


@dataclass(frozen=True)
class Came(Watched):
    """What came by cutoff: the share that left of 300 customers; of one more nobody knows."""

    left: Mapping[date, float] = field(default_factory=dict)
    learned: int = 6

    def cutoffs(self) -> list[date]:
        return sorted(self.left)[: self.learned]

    def rows(self, cutoffs: list[date]) -> Dataset:
        size = CUSTOMERS + 1
        known = [np.append(np.arange(CUSTOMERS) < self.left[cutoff] * CUSTOMERS, np.nan) for cutoff in cutoffs]
        whose = np.tile(np.arange(size, dtype=np.int32), len(cutoffs))
        at = np.repeat(np.array(cutoffs, dtype="datetime64[D]"), size)
        return Dataset(
            whose.astype(object), whose, at, (), np.zeros((at.size, 0), np.float32), np.concatenate(known), at
        )


def came(monkeypatch: pytest.MonkeyPatch, rates: list[float], learned: int = 6) -> Section:
    """What is found of cutoffs a month apart, of which the first so many were learned from; all are mature."""
    left = {day(30 * (len(rates) - place)): rate for place, rate in enumerate(rates)}
    monkeypatch.setattr(drift, "learnable_cutoffs", lambda *_: sorted(left))
    return labels(Came("churn", None, None, SimpleNamespace(store=None), CONFIG, left, learned))


USUAL = [0.2, 0.21, 0.19, 0.2, 0.22, 0.18]


@pytest.mark.parametrize(("rate", "alarm"), [(0.2, False), (0.5, True), (0.01, True)])
def test_the_newest_outcome_is_held_against_those_of_the_training(
    monkeypatch: pytest.MonkeyPatch, rate: float, alarm: bool
) -> None:
    found = came(monkeypatch, [*USUAL, 0.9, rate])
    assert (found.name, [each.alarm for each in found.findings]) == ("labels", [alarm])
    assert found.figures == {
        "churn_base_rate": pytest.approx(rate, abs=0.002), "churn_rate_before": pytest.approx(0.2, abs=0.002)
    }  # fmt: skip
    assert f"of 300 customers at {day(30)}" in found.findings[0].what


@pytest.mark.parametrize("learned", [6, 0])
def test_an_outcome_that_was_learned_from_says_nothing(monkeypatch: pytest.MonkeyPatch, learned: int) -> None:
    found = came(monkeypatch, USUAL, learned)
    assert (found.name, found.findings, len(found.notes)) == ("labels", (), 1)
    assert "no outcome is known that the champion was not trained on" in found.notes[0]
