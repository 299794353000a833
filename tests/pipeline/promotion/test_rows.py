"""Challenger and champion are compared on the same rows, of cutoffs that neither has learned from."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from features.catalogue import FEATURES
from features.errors import ModelProblem
from models import baselines
from models.evaluation.tested_rows import MODEL
from models.fit_settings import Scope
from pipeline.config import Config
from pipeline.matrices.known_history import OtherTables
from pipeline.matrices.tasks import tasks
from pipeline.promotion import rows as comparing
from pipeline.promotion.promotion import Grounds, load_side
from pipeline.promotion.rows import REGISTERED, STAND_IN, Judged, Side, closes, judged
from pipeline.registry.tracked import Registered
from pipeline.registry.tracking import CHALLENGER, CHAMPION
from tests.pipeline.made_rows import NAMES, TASK, made, settings

# Fast: rows made by hand, and models that are a feature. Horizon 60 days; the test cutoffs are the last three months


@dataclass(frozen=True)
class Remembers:
    """A model that has learned from a last cutoff and says `feature`; it only understands its own columns."""

    last: str
    feature: str = "gap_median"
    names: tuple[str, ...] = ("gap_median", "days_since_last_order")
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", Scope(cutoffs=("2020-01-01", self.last)))

    def probability(self, values: np.ndarray) -> np.ndarray:
        assert values.shape[1] == len(self.names)
        return values[:, self.names.index(self.feature)].astype(np.float64)


STORE = "the store"
OLD, NEW = "2022-06-01", "2024-02-01"
"""Learned from nothing of the test cutoffs, and from all of them."""


def side(last: str, held_out: str | None = OLD, version: str = "1", **changes: object) -> Side:
    tested = None if held_out is None else Remembers(held_out)
    return Side(Registered("churn", version, "", "", Path()), Remembers(last, **changes), tested)  # type: ignore[arg-type]


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch):
    """How two sides are judged on rows made by hand, all cutoffs of which could be learned from."""

    def compare(challenger: Side, champion: Side, data=None, task=TASK) -> Judged:
        rows = made() if data is None else data
        days = tuple(day.item() for day in np.unique(rows.cutoff))
        config, other_tables = settings(test_cutoffs=3), OtherTables()

        def learnable(*given):
            assert given == (STORE, task, config)
            return days

        def data_of(*given):
            assert given[:2] + given[3:] == (STORE, other_tables, task, config, (challenger, champion))
            return rows.at(given[2])

        monkeypatch.setattr(comparing, "learnable_cutoffs", learnable)
        monkeypatch.setattr(comparing, "_data", data_of)
        return judged(challenger, champion, STORE, other_tables, task, config)  # type: ignore[arg-type]

    return compare


@pytest.mark.parametrize(
    ("challenger", "champion", "by", "cutoffs"),
    [
        ((OLD, OLD), (OLD, OLD), (REGISTERED, REGISTERED), 3),
        ((NEW, OLD), (OLD, OLD), (STAND_IN, REGISTERED), 3),
        ((OLD, OLD), (NEW, OLD), (REGISTERED, STAND_IN), 3),
        ((NEW, OLD), (NEW, OLD), (STAND_IN, STAND_IN), 3),
        ((OLD, None), (OLD, None), (REGISTERED, REGISTERED), 3),
        # as registered wherever rows are left, though its stand-in were judged on more; the champion first of all
        ((NEW, OLD), ("2023-11-02", OLD), (STAND_IN, REGISTERED), 2),
        (("2023-11-02", OLD), (NEW, OLD), (REGISTERED, STAND_IN), 2),
        # its last label closes on 1 January, the day of a cutoff, or on the day after
        ((OLD, OLD), ("2023-11-02", None), (REGISTERED, REGISTERED), 2),
        ((OLD, OLD), ("2023-11-03", None), (REGISTERED, REGISTERED), 1),
        (("2023-11-03", None), ("2023-11-02", None), (REGISTERED, REGISTERED), 1),
    ],
)
def test_each_side_is_judged_as_registered_where_rows_are_left_that_neither_learned_from(
    by_hand, challenger, champion, by, cutoffs
):
    found = by_hand(side(*challenger), side(*champion))
    assert (found.challenger_by, found.champion_by) == by
    assert found.cutoffs == ["2023-12-01", "2024-01-01", "2024-02-01"][-cutoffs:]


def test_too_few_rows_of_a_registered_model_leave_the_word_to_its_stand_in(by_hand):
    found = by_hand(side(OLD), side("2023-11-03"), made(customers=90))
    assert (found.champion_by, len(found.cutoffs)) == (STAND_IN, 3)


def test_where_every_cutoff_was_learned_from_it_says_how_far_each_side_knows(by_hand):
    with pytest.raises(ModelProblem) as refused:
        by_hand(side(NEW, "2024-01-01", version="7"), side(NEW, None, version="3"))
    text = str(refused.value)
    assert "champion 3: known up to 2024-04-01; challenger 7: known up to 2024-03-01" in text
    assert "cutoffs 2023-12-01, 2024-01-01, 2024-02-01" in text and "moorings promote --force" in text


def test_each_side_sees_its_own_features_in_its_own_order(by_hand):
    names = ("order_days_90d", "spend_365d")
    found = by_hand(side(OLD, feature="spend_365d", names=names), side(OLD, feature="days_since_last_order")).rows
    data = made().at([date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)])
    np.testing.assert_array_equal(found.scores[MODEL], data.column("spend_365d"))
    np.testing.assert_array_equal(found.scores[CHAMPION], data.column("days_since_last_order"))
    np.testing.assert_array_equal(found.label, data.label)
    assert found.baselines == ("recency", "order_count", "expected_orders", "bg_nbd")
    np.testing.assert_array_equal(found.scores["recency"], data.column("days_since_last_order"))


def test_a_baseline_that_stands_in_has_none_to_beat(by_hand):
    past = made().at([date(2022, 3, 1)])
    (line,) = baselines.lines(
        "churn", past.values, NAMES, past.label, past.cutoff, scope=Scope(), titles=["recency"]
    ).values()
    challenger = replace(side(OLD), model=line)
    assert by_hand(challenger, side(OLD)).rows.baselines == ()
    assert by_hand(side(OLD), replace(side(OLD), model=line)).rows.baselines != ()


def test_the_kinds_are_those_of_the_rows_that_are_left(by_hand):
    found = by_hand(side(OLD), side("2023-11-03"))
    assert set(found.kinds) == {"size", "tenure", "evidence"}
    assert {each.size for each in found.kinds.values()} == {found.rows.label.size} == {200}


def test_built_is_every_feature_that_a_model_of_either_side_needs_and_labelled_rows_alone_are_left(monkeypatch):
    asked = {}
    data = made(customers=3)
    data = replace(data, label=np.where(data.customer == 1, np.nan, data.label).astype(np.float32))

    def snapshot(store, cutoffs, task, config, features):
        asked.update(cutoffs=cutoffs, names={feature.name for feature in features})
        return "matrix"

    def observe(*given):
        assert given == (STORE, "matrix", TASK.target, TASK.window, other_tables.tables)
        return "labels"

    def dataset_of(*given):
        assert given == (STORE, "matrix", "labels")
        return data

    for stub in (snapshot, observe, dataset_of):
        monkeypatch.setattr(comparing, stub.__name__, stub)
    monkeypatch.setattr(
        comparing, "scored_features", lambda store, needed: [feature for feature in FEATURES if feature.name in needed]
    )
    sides = [
        replace(side(OLD, None, names=("gap_median",))),
        Side(Registered("churn", "2", "", "", Path()), Remembers(OLD, names=("spend_ever",)),
             Remembers(OLD, names=("lines_ever",))),  # type: ignore[arg-type]
    ]  # fmt: skip
    other_tables = SimpleNamespace(tables={})
    found = comparing._data(STORE, other_tables, [date(2022, 1, 1)], TASK, settings(), sides)  # type: ignore[arg-type]
    assert asked == {"cutoffs": [date(2022, 1, 1)], "names": {"gap_median", "spend_ever", "lines_ever"}}
    assert set(found.customer.tolist()) == {0, 2}


# Slow: two models as training leaves them


def sides(config: Config) -> tuple[Side, Side]:
    grounds = Grounds.of(config)
    found = [load_side(grounds, "churn", alias) for alias in (CHALLENGER, CHAMPION)]
    assert all(found)
    return found[0], found[1]  # type: ignore[return-value]


def compared(config: Config, challenger: Side, champion: Side) -> Judged:
    store, task = Grounds.of(config).found.store, tasks(config)["churn"]
    return judged(challenger, champion, store, OtherTables(regions={"customer 0001": "north"}), task, config)


@pytest.mark.slow
def test_both_are_judged_where_neither_has_learned_and_by_the_strongest_model_that_may(waiting: Config) -> None:
    challenger, old = sides(waiting)
    task = tasks(waiting)["churn"]
    found = compared(waiting, challenger, old)
    assert (found.challenger_by, found.champion_by) == (STAND_IN, REGISTERED)
    assert min(found.cutoffs) >= str(closes(old.model, task))
    assert challenger.held_out is not None and closes(challenger.held_out, task) <= closes(challenger.model, task)
    # a champion that has learned to the end is judged by the model tested in its stead, at every test cutoff
    young = compared(waiting, challenger, replace(old, model=challenger.model))
    assert (young.challenger_by, young.champion_by) == (STAND_IN, STAND_IN)
    assert set(young.cutoffs) >= set(found.cutoffs)
    assert len(young.cutoffs) == waiting.training.test_cutoffs
    # a challenger that has learned nothing of the cutoffs is judged itself
    assert compared(waiting, replace(challenger, model=old.model), old).challenger_by == REGISTERED


@pytest.mark.slow
def test_the_rows_hold_the_probabilities_of_either_side_the_baselines_and_every_kind(waiting: Config) -> None:
    challenger, old = sides(waiting)
    rows, turned = compared(waiting, challenger, old).rows, compared(waiting, old, replace(challenger, model=old.model))
    assert (rows.label == turned.rows.label).all()
    np.testing.assert_array_equal(rows.scores[CHAMPION], turned.rows.scores[MODEL])
    assert not np.array_equal(rows.scores[MODEL], rows.scores[CHAMPION])
    assert {"recency", "order_count"} <= set(rows.baselines)
    assert set(turned.kinds) == {"size", "tenure", "evidence", "known", "region"}
    assert {each.size for each in turned.kinds.values()} == {rows.label.size}


@pytest.mark.slow
def test_a_gate_that_sees_what_was_learned_is_prevented_by_the_days_alone(
    waiting: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenger, old = sides(waiting)
    honest = compared(waiting, challenger, replace(old, model=challenger.model))
    monkeypatch.setattr("pipeline.promotion.rows.closes", lambda model, task: date.min)  # the mutant: it forgets to ask
    assert honest.champion_by == STAND_IN
    assert compared(waiting, challenger, replace(old, model=challenger.model)).champion_by == REGISTERED
