"""How many orders were to be expected of each customer whatever its lot, and how far chance leads away from it."""

from __future__ import annotations

import numpy as np

from models.evaluation.tally import Array

PENALTY = 1.0
"""Half of this times the sum of squared weights is added to the loss summed over rows."""
STEPS, CLOSE, FURTHEST = 50, 1e-8, 12.0
"""Newton's steps at most, the step that ends them, and the logarithm that no expectation exceeds."""
FEWEST = 1e-2
"""Orders expected of anybody, at least: a customer that nothing is expected of would outweigh all others."""
SLICES = 20


def expected_orders(standard: Array, orders: Array) -> Array:
    """The orders expected of each customer (n,): a log-linear model of standardised columns and their squares.

    Args:
        standard: (n, columns), known before.
        orders: what came, (n,) whole numbers.

    Source: McCullagh & Nelder 1989, chapter 6; the penalty as in Hoerl & Kennard 1970.
    """
    if not orders.sum():
        return np.full(orders.size, FEWEST)
    columns = np.column_stack([np.ones(orders.size), standard, standard**2])
    penalty = np.full(columns.shape[1], PENALTY)
    penalty[0] = 0.0
    weights = np.zeros(columns.shape[1])
    weights[0] = np.log(orders.mean())
    for _ in range(STEPS):
        expected = _expected(columns, weights)
        slope = columns.T @ (orders - expected) - penalty * weights
        step = np.linalg.solve(columns.T @ (columns * expected[:, None]) + np.diag(penalty), slope)
        weights = weights + np.clip(step, -1, 1)
        if np.abs(step).max() < CLOSE:
            break
    return np.maximum(_expected(columns, weights), FEWEST)


def _expected(columns: Array, weights: Array) -> Array:
    return np.asarray(np.exp(np.clip(columns @ weights, -FURTHEST, FURTHEST)))


def variance_of(expected: Array, orders: Array) -> Array:
    """The variance of each customer's orders (n,): the mean squared miss among its twentieth by expectation.

    Orders vary more than by chance alone (Poisson), and by more the more there are; nothing more is assumed.
    """
    place = np.argsort(np.argsort(expected, kind="stable"), kind="stable") * SLICES // max(expected.size, 1)
    missed = np.bincount(place, weights=(orders - expected) ** 2) / np.maximum(np.bincount(place), 1)
    return np.maximum(missed[place], FEWEST)
