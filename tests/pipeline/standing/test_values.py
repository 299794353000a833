"""What a customer is expected to spend: the same pace that outcomes are held against."""

import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "features"))  # the histories of the feature tests

from customers import Line
from histories import ANYBODY, to_matrix, to_store

from features.catalogue import FEATURES
from features.engine.evaluation import Columns
from features.engine.expression import leaves
from features.engine.leaf_values import leaf_values
from features.engine.store import day_number
from features.engine.view import HistoryView
from features.run_rate import spend_per_day
from pipeline.config import load_config
from pipeline.standing.values import PACE, SENT_BACK, expected_margin, expected_spend, kept

T = date(2022, 1, 1)
SCORING = load_config("demo").scoring
CHOSEN = [feature for feature in FEATURES if feature.name in PACE]


def orders(*ago: int) -> list[Line]:
    return [Line("ann", str(days), T - timedelta(days=days), cents=10_000) for days in ago]


@pytest.mark.parametrize(
    ("ago", "a_day"),
    [
        ((400, 200, 100), 200 / 365),
        ((365, 200, 100), 200 / 365),  # the first of three began the year
        ((200, 100), 100 / 200),
        ((40, 30, 20), 200 / 90),
        ((40,), 100 / 90),
        ((400,), 0),
    ],
)
def test_expected_spend_is_the_run_rate_of_the_days_seen(ago, a_day):
    matrix = to_matrix(orders(*ago), [T], features=CHOSEN, population=ANYBODY)
    assert expected_spend(matrix, 30) == pytest.approx([30 * a_day])


@pytest.mark.parametrize("ago", [(400, 200, 100), (366, 3), (365, 3), (90, 10), (89, 60, 10), (5,)])
def test_what_is_expected_and_what_outcomes_are_held_against_is_one_pace(ago):
    store, day = to_store(orders(*ago)), np.array([day_number(T)], dtype=np.int32)
    pace = spend_per_day(HistoryView())
    cents = Columns(1, 90, {leaf: value[0] for leaf, value in leaf_values(store, day, leaves(pace), 90).items()})
    matrix = to_matrix(orders(*ago), [T], features=CHOSEN, population=ANYBODY)
    assert expected_spend(matrix, 30) == pytest.approx(cents.value(pace) / 100 * 30)


SENT = [
    ("nothing", [], 1.0),
    ("a quarter, in two parts", [(20, 2_000), (10, 500)], 0.75),
    ("all", [(20, 10_000)], 0.0),
    ("more than the year's, of what it bought before", [(20, 15_000)], 0.0),
    ("all, but more than a year ago", [(380, 10_000)], 1.0),
]


@pytest.mark.parametrize(("sent_back", "left"), [each[1:] for each in SENT], ids=[each[0] for each in SENT])
def test_margin_is_expected_of_what_was_kept(sent_back, left):
    returns = [Line("ann", "r", T - timedelta(days=ago), cents=-cents, is_return=True) for ago, cents in sent_back]
    features = [each for each in FEATURES if each.name in (*PACE, SENT_BACK)]
    matrix = to_matrix([*orders(400, 390, 30), *returns], [T], features=features, population=ANYBODY)
    spend = expected_spend(matrix, SCORING.planning_days)
    assert expected_margin(matrix, np.full(1, 0.3), SCORING) == pytest.approx(spend * 0.3 * left)


def test_where_returns_are_unknown_or_nothing_was_bought_all_was_kept():
    without = to_matrix(orders(40, 30), [T], features=CHOSEN, population=ANYBODY)
    features = [each for each in FEATURES if each.name in (*PACE, SENT_BACK)]
    silent = to_matrix(orders(400), [T], features=features, population=ANYBODY)
    assert kept(without) == kept(silent) == [1.0]


def test_a_supplier_without_amounts_expects_nothing_known():
    without = to_matrix(orders(40, 30), [T], features=[each for each in CHOSEN if each.name != "spend_365d"])
    assert np.isnan(expected_spend(without, 30)).all()
