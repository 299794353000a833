"""Exact contributions are LightGBM's own, agree with Shapley's definition, and are left to LightGBM where they must."""

from itertools import combinations
from math import factorial

import lightgbm
import numpy as np
import pytest

from models.explanation import leaf_tables
from models.explanation.leaf_tables import LeafTables, lay_out
from models.propensity import Propensity
from tests.models.conftest import Rows

COLUMNS = 7


def matrix(seed: int, rows: int = 900, nulls: float = 0.1) -> np.ndarray:
    random = np.random.default_rng(seed)
    values = random.normal(size=(rows, COLUMNS)).round(1).astype(np.float32)
    values[random.random(values.shape) < nulls] = np.nan
    return np.asfortranarray(values)


def forest(seed: int, nulls: float = 0.1, categories: tuple[int, ...] = (), **settings: object) -> lightgbm.Booster:
    values = matrix(seed, nulls=nulls)
    if categories:
        values[:, list(categories)] = np.random.default_rng(seed).integers(0, 5, (len(values), len(categories)))
    label = (np.nan_to_num(values).sum(axis=1) + np.isnan(values[:, 0]) * 2 + values[:, 1] ** 2 > 1).astype(float)
    chosen = {"objective": "binary", "num_leaves": 15, "max_depth": 6, "min_data_in_leaf": 5, "verbosity": -1}
    data = lightgbm.Dataset(values, label, categorical_feature=list(categories), free_raw_data=False)
    return lightgbm.train({**chosen, "seed": seed, "num_threads": 1, **settings}, data, 25)


def tables(booster: lightgbm.Booster) -> LeafTables:
    found = lay_out(booster.dump_model())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("seed", "settings"),
    [(0, {}), (1, {"extra_trees": True, "feature_fraction": 0.3}), (2, {"nulls": 0.0}), (3, {"num_leaves": 2})],
    ids=["plain", "random thresholds", "nulls never met in training", "stumps"],
)
def test_contributions_are_those_of_lightgbm(seed: int, settings: dict[str, object]) -> None:
    booster = forest(seed, **settings)  # type: ignore[arg-type]
    fresh = matrix(seed + 100, rows=1500, nulls=0.2)
    expected = booster.predict(fresh, pred_contrib=True, num_threads=1)
    np.testing.assert_allclose(tables(booster).contributions(fresh), expected, atol=1e-10)


def expectation(node: dict, row: np.ndarray, known: set[int]) -> float:
    """The mean of a tree over the training rows that agree with `row` in the `known` columns, by definition."""
    if "split_index" not in node:
        return float(node["leaf_value"])
    sides = [node["left_child"], node["right_child"]]
    if node["split_feature"] in known:
        value = row[node["split_feature"]]
        lost = node["default_left"] if node["missing_type"] == "NaN" else node["threshold"] >= 0
        left = lost if np.isnan(value) else value <= node["threshold"]
        return expectation(sides[0 if left else 1], row, known)
    counts = [side.get("internal_count", side.get("leaf_count")) for side in sides]
    means = [expectation(side, row, known) for side in sides]
    return sum(count * mean for count, mean in zip(counts, means, strict=True)) / sum(counts)


def shapley(node: dict, row: np.ndarray) -> np.ndarray:
    """Every column's share by Shapley's formula, over all subsets of the other columns."""
    found = np.zeros(COLUMNS)
    for column in range(COLUMNS):
        others = [other for other in range(COLUMNS) if other != column]
        for size in range(COLUMNS):
            weight = factorial(size) * factorial(COLUMNS - size - 1) / factorial(COLUMNS)
            for subset in map(set, combinations(others, size)):
                gain = expectation(node, row, subset | {column}) - expectation(node, row, subset)
                found[column] += weight * gain
    return found


def test_contributions_are_shapley_values_by_their_definition() -> None:
    booster, rows = forest(4), matrix(5, rows=4, nulls=0.3)
    trees = [info["tree_structure"] for info in booster.dump_model()["tree_info"]][:3]
    first_three = lay_out({"tree_info": [{"tree_structure": tree} for tree in trees]})
    assert first_three is not None
    expected = [sum(shapley(tree, row) for tree in trees) for row in rows]
    np.testing.assert_allclose(first_three.contributions(rows)[:, :-1], expected, atol=1e-12)


def test_threads_and_the_order_of_memory_change_nothing() -> None:
    found, rows = tables(forest(6)), matrix(7, rows=2000)
    alone = found.contributions(rows)
    np.testing.assert_array_equal(found.contributions(rows, threads=3), alone)
    np.testing.assert_array_equal(found.contributions(np.ascontiguousarray(rows)), alone)


def test_no_rows_give_no_contributions() -> None:
    assert tables(forest(8)).contributions(matrix(8)[:0]).shape == (0, COLUMNS + 1)


def test_splits_on_categories_are_left_to_lightgbm() -> None:
    assert lay_out(forest(9, categories=(0,)).dump_model()) is None


def test_paths_longer_than_a_table_can_hold_are_left_to_lightgbm(
    monkeypatch: pytest.MonkeyPatch, model: Propensity, rows: Rows
) -> None:
    by_tables = model.contributions(rows.values)
    monkeypatch.setattr(leaf_tables, "MOST_FEATURES", 0)
    again = Propensity(**{name: getattr(model, name) for name in model.__dataclass_fields__})
    assert again.leaf_tables is None
    np.testing.assert_allclose(again.contributions(rows.values), by_tables, atol=1e-9)
