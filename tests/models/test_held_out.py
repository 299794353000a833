"""Rows that a calibration is fitted on: each judged once by who did not know its customer, or enough of them."""

import numpy as np
import pytest

from models.held_out import ENOUGH, FOLDS, trials

DAY = np.datetime64("2024-01-01")


def dealt(customers: int, share: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """The trials of customers at one date, of whom a `share` has a label of 1."""
    label = (np.arange(customers) < share * customers).astype(float)
    return list(trials(np.full(customers, DAY), np.ones(customers, bool), 90, shuffled(customers), label))


def shuffled(customers: int) -> np.ndarray:
    return np.random.default_rng(0).permutation(customers)


@pytest.mark.parametrize(
    ("customers", "share", "parts"),
    [
        (200, 0.5, FOLDS),  # few: all of them
        (2 * ENOUGH - 1, 0.5, FOLDS),
        (6 * ENOUGH, 0.5, 2),
        (20 * ENOUGH, 0.5, 1),
        (20 * ENOUGH, 0.01, FOLDS),  # as many customers, but too few of the rarer outcome
        (20 * ENOUGH, 0.99, FOLDS),
        (20 * ENOUGH, 0.1, 3),
    ],
)
def test_parts_are_judged_until_enough_of_either_outcome_have_been(customers: int, share: float, parts: int) -> None:
    assert len(dealt(customers, share)) == parts


def test_nobody_is_judged_twice_or_by_who_knew_it() -> None:
    found = dealt(6 * ENOUGH, 0.5)
    judged = np.sum([rows for _, rows in found], axis=0)
    assert judged.max() == 1
    assert all(not (learn & rows).any() and (learn | rows).all() for learn, rows in found)


def test_a_customer_counts_once_however_many_rows_it_has() -> None:
    """The mutant counts rows: it would stop after the first part."""
    customer = np.tile(np.arange(100), 3 * ENOUGH // 10)
    label = (customer % 2).astype(float)
    found = list(trials(np.full(customer.size, DAY), np.ones(customer.size, bool), 90, customer, label))
    assert len(found) == FOLDS


def test_without_customers_what_has_closed_by_the_first_late_date_is_learned_from() -> None:
    cutoff = DAY + np.array([0, 30, 31, 90, 120])
    ((learn, rows),) = trials(cutoff, cutoff >= DAY + 90, 60, None, np.zeros(5))
    assert learn.tolist() == [True, True, False, False, False]
    assert rows.tolist() == [False, False, False, True, True]
