"""How customers order: as the features say it of those who are scored, and of everybody else too."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "features"))  # the histories of the feature tests

from customers import Line
from histories import ANYBODY, to_matrix, to_store

from features.catalogue import FEATURES
from pipeline.standing.ordering import ordering_at

T = date(2022, 1, 1)
SAME = {"days_since_last_order": "last", "gap_median": "gap", "order_days_365d": "days"}
CHOSEN = [feature for feature in FEATURES if feature.name in SAME]


def line(customer: str, ago: int, cents: int = 10_000) -> Line:
    return Line(customer, f"{customer} {ago} {cents}", T - timedelta(days=ago), cents=cents)


def test_a_table_of_customers():
    lines = [
        *(line("weekly", ago) for ago in (22, 15, 8, 1)),
        line("once", 400),
        *(line("cancelled", 30, cents) for cents in (7_000, -7_000)),
        *(line("two gaps", ago) for ago in (60, 50, 20)),
        line("took back", 5, -500),
    ]
    found = ordering_at(to_store(lines), T)
    table = zip(found.last_order_on(), found.gap.tolist(), found.days.tolist(), found.spend.tolist(), strict=True)
    assert dict(zip(sorted({each.customer for each in lines}), table, strict=True)) == {
        "cancelled": (T - timedelta(days=30), pytest.approx(np.nan, nan_ok=True), 1, 0),
        "once": (T - timedelta(days=400), pytest.approx(np.nan, nan_ok=True), 0, 0),
        "took back": (None, pytest.approx(np.nan, nan_ok=True), 0, -5),
        "two gaps": (T - timedelta(days=20), 20, 3, 300),
        "weekly": (T - timedelta(days=1), 7, 4, 400),
    }


def test_the_features_say_the_same():
    draw = np.random.default_rng(1)
    lines = [line(f"c{number:02d}", int(ago)) for number in range(40) for ago in draw.integers(1, 1_200, 12)]
    matrix = to_matrix(lines, [T], features=CHOSEN, population=ANYBODY)
    found = ordering_at(to_store(lines), T)
    ours = {"last": (T - date(1970, 1, 1)).days - found.last, "gap": found.gap, "days": found.days}
    for name, part in SAME.items():
        built = matrix.values[:, matrix.names.index(name)]
        np.testing.assert_allclose(np.asarray(ours[part])[matrix.spine.customer], built)


def test_without_amounts_no_spend_is_known():
    found = ordering_at(replace(to_store([line("ann", 3)]), cents=None), T)
    assert np.isnan(found.spend).all() and found.last_order_on() == [T - timedelta(days=3)]
