"""The catalogue: every declared feature, in the order of families and declarations."""

from __future__ import annotations

from features import (
    adoption,
    ahead,
    alternatives,
    breadth,
    breadth_of_spend,
    commitment,
    embeddedness,
    investment,
    lifetime,
    momentum,
    outlook,
    pace,
    people,
    pressure,
    rhythm,
    risk,
    season,
    standing,
    steadiness,
    steadiness_of_size,
    strength,
    trend,
    value,
    wallet,
    wallet_habits,
)
from features.engine.declaration import REGISTRY, Feature
from features.engine.events import EventTables, roll_up
from features.engine.expression import Leaf
from features.engine.primitives import is_available
from features.engine.primitives_of_tables import available
from features.engine.store import LineStore
from features.engine.table_leaf import TableLeaf
from features.families import FAMILIES
from features.opening import opening_after

FAMILY_MODULES = (
    *(rhythm, pace, outlook, momentum, trend, season, standing, lifetime),
    *(steadiness, steadiness_of_size, ahead),
    *(breadth, breadth_of_spend, adoption, embeddedness),
    *(investment, risk, alternatives, wallet, wallet_habits, value, people, pressure, commitment, strength),
)
"""Importing a family declares its features."""

FEATURES: tuple[Feature, ...] = tuple(sorted(REGISTRY.values(), key=lambda declared: FAMILIES.index(declared.family)))


def fingerprints(features: tuple[Feature, ...] = FEATURES, gap_days: int = 0) -> dict[str, str]:
    """The fingerprint of each feature by name, as it is computed where outcomes open `gap_days` after the cutoff."""
    return {feature.name: feature.fingerprint for feature in opening_after(gap_days, features)}


def computable(store: LineStore, features: tuple[Feature, ...] = FEATURES) -> tuple[Feature, ...]:
    """The features whose every input the supplier has; the others would be null for everybody."""
    nobody = store.slice(0, 0)
    there = roll_up(nobody)
    return tuple(feature for feature in features if all(_is_there(there, leaf) for leaf in feature.inputs))


def is_computable(store: LineStore, leaf: Leaf) -> bool:
    """Whether the supplier has every column that the leaf reads."""
    return _is_there(roll_up(store), leaf)


def _is_there(tables: EventTables, leaf: Leaf) -> bool:
    return available(tables.store, leaf) if isinstance(leaf, TableLeaf) else is_available(tables, leaf)


def rows(features: tuple[Feature, ...] = FEATURES) -> list[dict[str, str]]:
    """The catalogue as rows of text: name, family, unit, description, idea, source, definition, fingerprint."""
    columns = ("name", "family", "unit", "description", "idea", "source", "definition", "fingerprint")
    return [{column: str(getattr(feature, column)) for column in columns} for feature in features]
