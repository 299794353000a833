"""No value changes unnoticed: where one does, either the fingerprint has changed with it or the engine's version."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from golden_values import SIGNS, Golden, found, written

from features.catalogue import FEATURES
from features.engine import kernels, primitives
from features.engine.declaration import ENGINE_VERSION, Feature
from features.engine.evaluation import cohorts

ROUNDING = 1e-6
FIT = 1e-3
"""Fits end where a step no longer pays, which another machine decides a little otherwise."""
AGAIN = "if it is meant, raise ENGINE_VERSION in declaration.py; then python tests/features/golden_values.py"
FITTED = {feature.name for feature in FEATURES if any(node.name == "buying" for node in cohorts([feature.expression]))}


@cache
def now() -> dict[str, Golden]:
    return found()


def silently_changed(before: dict[str, Golden], after: dict[str, Golden]) -> list[str]:
    """Features of the same fingerprint whose values are others."""
    pairs = {name: (golden, after[name]) for name, golden in before.items() if name in after}
    same = {name: pair for name, pair in pairs.items() if pair[0].fingerprint == pair[1].fingerprint}
    return [name for name, pair in same.items() if not alike(*pair, FIT if name in FITTED else ROUNDING)]


def alike(one: Golden, other: Golden, rounding: float) -> bool:
    numbers = ((each.total, each.weighted, each.size) for each in (one, other))
    near = [abs(left - right) <= 2 * rounding * one.size + 1e-9 for left, right in zip(*numbers, strict=True)]
    return one.nulls == other.nulls and all(near)


def test_no_value_changes_under_the_same_fingerprint():
    assert silently_changed(written(), now()) == [], AGAIN


def test_what_is_written_down_is_of_the_engine_that_there_is():
    assert {golden.version for golden in written().values()} == {ENGINE_VERSION}, AGAIN


def test_a_fingerprint_that_changed_is_written_down_again():
    """Or else its values would be watched no longer; a new feature may wait."""
    old = {name for name, golden in written().items() if golden.fingerprint != now()[name].fingerprint}
    assert old == set(), "python tests/features/golden_values.py"
    assert {len(golden.fingerprint) for golden in written().values()} == {SIGNS}


def test_all_that_is_computed_of_leaves_is_written_down():
    def kinds(feature: Feature) -> set[str]:
        return {f"{leaf.table}.{leaf.primitive}" for leaf in feature.inputs}

    watched = set().union(*(kinds(feature) for feature in FEATURES if feature.name in written()))
    assert set().union(*map(kinds, FEATURES)) == watched, "python tests/features/golden_values.py"


def test_values_are_there_to_change():
    assert [name for name, golden in written().items() if golden.size == 0 and golden.nulls] == []


def kernel_otherwise(patch: pytest.MonkeyPatch) -> None:
    right = kernels.ages

    def ages(*given: object) -> None:
        right(*given)
        np.add(given[-1], 1, out=given[-1])

    patch.setattr(kernels, "ages", ages)


def test_a_kernel_that_computes_otherwise_is_caught(monkeypatch):
    kernel_otherwise(monkeypatch)
    one = tuple(feature for feature in FEATURES if feature.name in ("days_since_last_order", "orders_90d"))
    assert silently_changed(written(), found(one)) == ["days_since_last_order"]


def test_a_number_that_changes_with_its_fingerprint_is_no_silent_change(monkeypatch):
    monkeypatch.setattr(primitives, "DAYS_A_YEAR", 300.0)
    one = tuple(feature for feature in FEATURES if feature.name == "season_of_winter")
    assert silently_changed(written(), found(one)) == []
    forgotten = {name: replace(each, fingerprint=written()[name].fingerprint) for name, each in found(one).items()}
    assert silently_changed(written(), forgotten) == ["season_of_winter"]
