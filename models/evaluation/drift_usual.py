"""Usual cutoffs, imagined from those of a training: how far from its reference they lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Expected:
    """The shares a reference expects, from `low` to `high` (features, shares): equal where it is one number."""

    low: Array
    high: Array

    def distance(self, shares: Array) -> Array:
        """How far shares (..., features, shares) lie outside, the largest of each feature (..., features)."""
        return np.maximum(0.0, np.maximum(self.low - shares, shares - self.high)).max(axis=-1)


def usual_draws(cutoffs: list[npt.NDArray[np.bool_]], rows: int, expect: Expected, *, draws: int, seed: int) -> Array:
    """How far imagined usual cutoffs, with as many customers as there are now, lie from what is expected.

    Args:
        cutoffs: the marks of each training cutoff, (n, features, shares).
        rows: customers now.
        expect: what the reference says; draws are made around it, so that a history restated since shows as drift.
        draws: how many.
        seed: the same seed gives the same draws.

    Returns:
        Their distances (draws, features), larger where a feature's own scale came out small in that draw by chance.
    """
    there, sizes = np.array([part.mean(axis=0) for part in cutoffs]), [len(part) for part in cutoffs]
    middle = np.average(there, axis=0, weights=sizes)
    apart, scale = _seasons(there, middle, sizes, draws, seed)
    turn = np.random.default_rng([seed, 0]).integers(0, len(cutoffs), draws)
    found = np.clip(middle, expect.low, expect.high) + apart
    for number, part in enumerate(cutoffs):
        mine = turn == number
        found[mine] += _noise(part, int(mine.sum()), rows, [seed, 1, number])
    return np.asarray(expect.distance(found) / scale)


def _seasons(there: Array, middle: Array, sizes: list[int], draws: int, seed: int) -> tuple[Array, Array]:
    """Deviations of imagined cutoffs (draws, features, shares), and the scale (draws, features) measured beside each.

    A deviation is a random mix of those seen, so features keep their correlations. As many more are mixed for each
    draw: how much a scale from so few cutoffs errs, of 1, enters the limit as it does for the one true check.
    """
    number = len(there)
    apart = (there - middle) / np.sqrt(max(1, number - 1))
    within = middle * (1 - middle) * np.mean([1 / size for size in sizes])
    random = np.random.default_rng([seed, 2])
    mixed = random.normal(size=(draws, number)) @ _shrunk(apart, within).reshape(number, -1) * np.sqrt(1 + 1 / number)
    chance, seen = within.sum(axis=-1), (apart**2).sum(axis=(0, 2))
    usual, scale = np.maximum(seen, chance), np.ones((draws, len(middle)))
    for draw in range(draws if number > 1 else 0):
        weights = random.normal(size=(number, number))
        again = ((weights - weights.mean(axis=0)) @ apart.reshape(number, -1)).reshape(apart.shape)
        found = np.maximum((again**2).sum(axis=(0, 2)) / (number - 1), chance)
        scale[draw] = np.sqrt(np.divide(found, usual, out=np.ones_like(usual), where=usual > 0))
    return mixed.reshape(draws, *middle.shape), scale


def _shrunk(apart: Array, within: Array) -> Array:
    """Deviations of cutoffs from their mean, less the part of their variance that drawing customers explains."""
    between = (apart**2).sum(axis=0)
    share = np.divide(within, between, out=np.ones_like(between), where=between > 0)
    return np.asarray(apart * np.sqrt(np.clip(1 - share, 0, 1)))


def _noise(part: npt.NDArray[np.bool_], draws: int, rows: int, seed: list[int]) -> Array:
    """What drawing `rows` customers with replacement adds to the shares of a cutoff, (draws, features, shares)."""
    size, flat = len(part), part.reshape(len(part), -1).astype(np.float32)
    random = np.random.default_rng(seed)
    found = np.empty((draws, flat.shape[1]))
    for draw in range(draws):
        counts = np.bincount(random.integers(0, size, rows), minlength=size).astype(np.float32)
        found[draw] = counts @ flat / rows
    return (found - flat.mean(axis=0)).reshape(draws, *part.shape[1:])
