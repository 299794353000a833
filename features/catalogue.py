"""The catalogue: every declared feature, in the order of families and declarations."""

from __future__ import annotations

from collections.abc import Mapping

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
from features.engine.merging import MergedStore
from features.engine.primitives import is_available
from features.engine.store import LineStore
from features.engine.table_availability import is_table_leaf_available
from features.engine.table_leaf import TableLeaf
from features.families import FAMILIES
from features.needs import needs
from features.opening import opening_after

FAMILY_MODULES = (
    *(rhythm, pace, outlook, momentum, trend, season, standing, lifetime),
    *(steadiness, steadiness_of_size, ahead),
    *(breadth, breadth_of_spend, adoption, embeddedness),
    *(investment, risk, alternatives, wallet, wallet_habits, value, people, pressure, commitment, strength),
)
"""Importing a family declares its features."""

FEATURES: tuple[Feature, ...] = tuple(sorted(REGISTRY.values(), key=lambda declared: FAMILIES.index(declared.family)))

BY_NAME: Mapping[str, Feature] = {feature.name: feature for feature in FEATURES}
FAMILY_OF: Mapping[str, str] = {feature.name: feature.family for feature in FEATURES}
"""The family of a feature, by its name."""


def fingerprints(features: tuple[Feature, ...] = FEATURES, gap_days: int = 0) -> dict[str, str]:
    """The fingerprint of each feature by name, as it is computed where outcomes open `gap_days` after the cutoff."""
    return {feature.name: feature.fingerprint for feature in opening_after(gap_days, features)}


def computable(store: LineStore | MergedStore) -> tuple[Feature, ...]:
    """The features whose every input the supplier has; the others would be null for everybody."""
    nobody = store.slice(0, 0)
    there = roll_up(nobody)
    return tuple(feature for feature in FEATURES if all(_is_there(there, leaf) for leaf in feature.inputs))


def is_computable(store: LineStore, leaf: Leaf) -> bool:
    """Whether the supplier has every column that the leaf reads."""
    return _is_there(roll_up(store), leaf)


def _is_there(tables: EventTables, leaf: Leaf) -> bool:
    return is_table_leaf_available(tables.store, leaf) if isinstance(leaf, TableLeaf) else is_available(tables, leaf)


def rows(features: tuple[Feature, ...] = FEATURES) -> list[dict[str, str]]:
    """The catalogue as rows of text: what is declared of each feature, what it needs, and its fingerprint.

    `bounds` is the interval of its values, `direction` what the chance of a target does with it where that is certain,
    `needs` are the tables and columns, see `needs.needs`, `high` and `low` the phrases of reasons.
    """
    columns = ("name", "family", "unit", "description", "idea", "source", "high", "low", "definition", "fingerprint")
    return [
        {**{column: str(getattr(feature, column)) for column in columns}, **_rules(feature)} for feature in features
    ]


def _rules(feature: Feature) -> dict[str, str]:
    lowest = "(-inf" if feature.lowest is None else f"[{feature.lowest:g}"
    highest = "inf)" if feature.highest is None else f"{feature.highest:g}]"
    signs = {1: "rises", -1: "falls"}
    return {
        "bounds": f"{lowest}, {highest}",
        "direction": ", ".join(f"{kind} {signs[sign]}" for kind, sign in feature.direction.items()) or "not certain",
        "needs": ", ".join(needs(feature)),
    }
