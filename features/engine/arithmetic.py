"""What the operations of an expression do to columns of numbers. Missing is NaN, and stays so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def divide(numerator: Array, denominator: Array) -> Array:
    """The quotient; NaN where the denominator is 0."""
    return numerator / np.where(denominator == 0, np.nan, denominator)


def _known(truth: npt.NDArray[np.bool_], *arguments: Array) -> Array:
    """1 or 0, NaN where an argument is NaN."""
    missing = np.isnan(arguments[0]) | np.isnan(arguments[-1])
    return np.where(missing, np.nan, truth)


def at_least(left: Array, right: Array) -> Array:
    """1 where left >= right, 0 where not."""
    return _known(left >= right, left, right)


def more_than(left: Array, right: Array) -> Array:
    """1 where left > right, 0 where not."""
    return _known(left > right, left, right)


def both(left: Array, right: Array) -> Array:
    """1 where both are true; 0 where either is known to be false; NaN otherwise."""
    false = (left == 0) | (right == 0)
    return np.where(false, 0.0, np.where(np.isnan(left) | np.isnan(right), np.nan, 1.0))


def either(left: Array, right: Array) -> Array:
    """1 where either is known to be true; 0 where both are false; NaN otherwise."""
    true = (left == 1) | (right == 1)
    return np.where(true, 1.0, np.where(np.isnan(left) | np.isnan(right), np.nan, 0.0))


def or_else(value: Array, other: Array) -> Array:
    """The value where it is known, `other` where it is not."""
    return np.where(np.isnan(value), other, value)


def log1p(value: Array) -> Array:
    """ln(1 + value); NaN where value <= -1."""
    return np.log1p(np.where(value > -1, value, np.nan))


def sqrt(value: Array) -> Array:
    """The square root; NaN where value < 0."""
    return np.sqrt(np.where(value >= 0, value, np.nan))


def where(value: Array, condition: Array) -> Array:
    """The value where the condition is true, NaN elsewhere."""
    return np.where(condition == 1, value, np.nan)


OPERATIONS: dict[str, Callable[..., Array]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": divide,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "rounded_up": np.ceil,
    "rounded_down": np.floor,
    "at_least": at_least,
    "more_than": more_than,
    "both": both,
    "either": either,
    "or_else": or_else,
    "log1p": log1p,
    "sqrt": sqrt,
    "where": where,
}
