"""Customers drawn by chance: again and again for the intervals of figures, once for checks that grow models anew."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from pipeline.config import Config
from pipeline.matrices.dataset import Dataset

CHECKED = 2
"""Beside the seed: the stream of random numbers that customers to check among are drawn by."""


class Drawn(TypedDict):
    """How many redraws, from which seed, and the share of them inside an interval."""

    draws: int
    seed: int
    confidence: float


def draws_of(config: Config) -> Drawn:
    """The configured redraws."""
    settings = config.training
    return Drawn(draws=settings.bootstrap_repetitions, seed=settings.seed, confidence=settings.interval)


def some_customers(data: Dataset, config: Config) -> Dataset:
    """All rows of as many customers as checks that grow models look at, drawn by chance; all rows where that is all.

    Whether rows of the test were learned from, or strength tells more than behaviour, is as plain among 20,000
    customers as among a million, and growing models costs by the row. The intervals say how plain.
    """
    most, customers = config.training.check_customers, np.unique(data.customer)
    if not most or customers.size <= most:
        return data
    random = np.random.default_rng([config.training.seed, CHECKED])
    return data.take(np.isin(data.customer, random.choice(customers, most, replace=False)))
