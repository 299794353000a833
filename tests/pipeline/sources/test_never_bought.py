"""Customers without a purchase: a profile counts them apart, and everybody else as scoring does."""

from pathlib import Path

import numpy as np
import pytest
from suppliers import configured, lines

from features.engine.plan import ELIGIBLE, LAPSED, NEW, Population, build
from features.engine.store import LineStore
from pipeline.profile.days import as_date, order_days
from pipeline.profile.targets import StatusCounts, status_counts
from pipeline.sources.history import read_history
from pipeline.sources.never_bought import never_bought


@pytest.mark.parametrize("seed", range(5))
def test_status_at_the_end_is_that_of_scoring(tmp_path: Path, seed: int) -> None:
    """Of customers with lines of every kind at random: purchases, returns, free lines."""
    random = np.random.default_rng(seed)
    nets = random.choice(["9", "-9", "0", None], 240, p=[0.4, 0.4, 0.1, 0.1]).tolist()
    dates = (np.datetime64("2023-01-01") + random.integers(0, 300, 240)).astype(str).tolist()
    config = configured(tmp_path, lines(60, 4, Net=nets, Date=dates), head="[population]\nactivity_days = 100\n")
    history = read_history(config).history
    days, store = order_days(history), LineStore.from_history(history)
    rule = Population(config.population.min_order_days, config.population.activity_days)
    status = build(store, [as_date(days.end)], (), horizon_days=30, population=rule).spine.status
    counts = [int((status == each).sum()) for each in (ELIGIBLE, NEW, LAPSED)]
    assert status_counts(days, config) == StatusCounts(*counts, store.customers - status.size)
    assert status.size < store.customers, "everybody bought, so the test could have failed"


@pytest.mark.parametrize(("customers", "told"), [(1, "1 customer has nothing"), (1234, "1,234 customers have nothing")])
def test_one_and_many_are_told_of(customers: int, told: str) -> None:
    assert never_bought(customers).startswith(told)
