"""Challenger and champion are compared on the same rows, of cutoffs that neither has learned from."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from models.evaluation.comparison import MODEL
from pipeline.config import Config
from pipeline.matrices.dataset import tasks
from pipeline.matrices.evidence import Beside
from pipeline.promotion.promotion import Grounds, load_side
from pipeline.promotion.rows import REGISTERED, STAND_IN, Judged, Side, closes, judged
from pipeline.registry.tracking import CHALLENGER, CHAMPION

pytestmark = pytest.mark.slow


def sides(config: Config) -> tuple[Side, Side]:
    grounds = Grounds.of(config)
    found = [load_side(grounds, "churn", alias) for alias in (CHALLENGER, CHAMPION)]
    assert all(found)
    return found[0], found[1]  # type: ignore[return-value]


def compared(config: Config, challenger: Side, champion: Side) -> Judged:
    store, task = Grounds.of(config).found.store, tasks(config)["churn"]
    return judged(challenger, champion, store, Beside(regions={"customer 0001": "north"}), task, config)


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


def test_the_rows_hold_the_probabilities_of_either_side_the_baselines_and_every_kind(waiting: Config) -> None:
    challenger, old = sides(waiting)
    rows, turned = compared(waiting, challenger, old).rows, compared(waiting, old, replace(challenger, model=old.model))
    assert (rows.label == turned.rows.label).all()
    np.testing.assert_array_equal(rows.scores[CHAMPION], turned.rows.scores[MODEL])
    assert not np.array_equal(rows.scores[MODEL], rows.scores[CHAMPION])
    assert {"recency", "order_count"} <= set(rows.baselines)
    assert set(turned.kinds) == {"size", "tenure", "evidence", "known", "region"}
    assert {each.size for each in turned.kinds.values()} == {rows.label.size}


def test_a_gate_that_sees_what_was_learned_is_prevented_by_the_days_alone(
    waiting: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenger, old = sides(waiting)
    honest = compared(waiting, challenger, replace(old, model=challenger.model))
    monkeypatch.setattr("pipeline.promotion.rows.closes", lambda model, task: date.min)  # the mutant: it forgets to ask
    assert honest.champion_by == STAND_IN
    assert compared(waiting, challenger, replace(old, model=challenger.model)).champion_by == REGISTERED
