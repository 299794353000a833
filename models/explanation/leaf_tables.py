"""A forest laid out for exact contributions: of every leaf, what each feature on its path adds in every situation.

A row meets the conditions of some features on the path to a leaf and misses those of others: that is its situation
there, one of 2 to the d for d features. What each feature adds in each situation depends on the tree alone, so it is
worked out once and looked up for every row.

Source: Lundberg et al. 2020 (path-dependent TreeSHAP); tables per leaf after Yang 2021 (Fast TreeSHAP).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from models.explanation.tree_shap import ROWS_AT_ONCE, fill_table, look_up

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]
MOST_FEATURES = 8
"""Features on one path, at most: a table doubles with each. A forest with longer paths is left to LightGBM."""
Step: TypeAlias = tuple[int, bool]
Path: TypeAlias = dict[int, tuple[float, tuple[Step, ...]]]
"""Of each feature on the way to a leaf: the share of training rows that meets its conditions, and the conditions."""
Tree: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class LeafTables:
    """The nodes and leaves of all trees, one after the other.

    `nodes` (trees + 1,) bounds each tree's nodes, of which `feature`, `threshold` and `nan_left` (where a null goes).
    `leaves` (trees + 1,) bounds its leaves; `parts` (leaves + 1,) the features on the path to a leaf, `part_feature`
    being their columns; `steps` (parts + 1,) the conditions of each, `step_node` counting within the tree and
    `step_left` the side that leads on. `table` holds of a leaf with d features d x 2^d numbers from `tables` (leaves,)
    on. `base` is the mean of the forest over its training rows.
    """

    nodes: Places
    feature: Places
    threshold: Array
    nan_left: npt.NDArray[np.bool_]
    leaves: Places
    parts: Places
    part_feature: Places
    steps: Places
    step_node: Places
    step_left: npt.NDArray[np.bool_]
    tables: npt.NDArray[np.int64]
    table: Array
    base: float

    def contributions(self, values: npt.NDArray[np.float32], threads: int = 1) -> Array:
        """What each feature adds to the forest's value, (n, features + 1); the last column is its mean.

        `values` (n, features), NaN being null. The result does not depend on `threads`.
        """
        rows, columns = values.shape
        found = np.zeros((columns + 1, rows))
        found[-1] = self.base
        block = max(ROWS_AT_ONCE, -(-rows // max(threads, 1)))
        arrays = [getattr(self, name) for name in LOOKED_UP]

        def work(first: int) -> None:
            last = min(first + block, rows)
            look_up(np.asfortranarray(values), first, last, *arrays, found[:-1, first:last])

        with ThreadPoolExecutor(max(threads, 1)) as pool:
            list(pool.map(work, range(0, rows, block)))
        return found.T


LOOKED_UP = tuple(field.name for field in fields(LeafTables) if field.name != "base")


def lay_out(dump: Mapping[str, Any]) -> LeafTables | None:
    """The tables of a forest in LightGBM's `dump_model` form; None where it has what they cannot hold.

    That is a split on categories, zeros taken for nulls, or a path with more than `MOST_FEATURES` features.
    """
    trees = [info["tree_structure"] for info in dump["tree_info"]]
    splits = [list(_splits(tree)) for tree in trees]
    if any(not _plain(node) for tree in splits for node in tree):
        return None
    found = [list(_leaves(tree)) for tree in trees]
    if max((len(path) for leaves in found for _, path in leaves), default=0) > MOST_FEATURES:
        return None
    return _joined(splits, found, sum(map(_mean, trees)))


def _splits(node: Tree) -> Iterator[Tree]:
    """The inner nodes of a tree, those above before those below."""
    if "split_index" in node:
        yield node
        yield from _splits(node["left_child"])
        yield from _splits(node["right_child"])


def _plain(node: Tree) -> bool:
    return node["decision_type"] == "<=" and node["missing_type"] in ("None", "NaN")


def _nan_left(node: Tree) -> bool:
    """Where a null goes: to the side the tree learned, or where zero goes if it never met one."""
    return bool(node["default_left"]) if node["missing_type"] == "NaN" else float(node["threshold"]) >= 0


def _count(node: Tree) -> float:
    return float(node["internal_count"] if "split_index" in node else node.get("leaf_count", 1))


def _mean(node: Tree) -> float:
    """The value of a node, as the mean over the training rows that reached it."""
    if "split_index" not in node:
        return float(node["leaf_value"])
    sides = (node["left_child"], node["right_child"])
    return sum(_mean(side) * _count(side) for side in sides) / max(_count(node), 1)


def _leaves(node: Tree, path: Path | None = None, place: int = 0) -> Iterator[tuple[float, Path]]:
    """The value of each leaf below `node` and the way to it; `place` is the node's number in the order of `_splits`."""
    path = path or {}
    if "split_index" not in node:
        yield float(node["leaf_value"]), path
        return
    column, total = int(node["split_feature"]), max(_count(node), 1)
    share, conditions = path.get(column, (1.0, ()))
    below = place + 1
    for side, left in ((node["left_child"], True), (node["right_child"], False)):
        extended = {**path, column: (share * _count(side) / total, (*conditions, (place, left)))}
        yield from _leaves(side, extended, below)
        below += sum(1 for _ in _splits(side))


def _joined(splits: list[list[Tree]], found: list[list[tuple[float, Path]]], base: float) -> LeafTables:
    nodes = [node for tree in splits for node in tree]
    leaves = [leaf for tree in found for leaf in tree]
    parts = [(column, conditions) for _, path in leaves for column, (_, conditions) in path.items()]
    steps = [step for _, conditions in parts for step in conditions]
    tables = _bounds([len(path) << len(path) for _, path in leaves]).astype(np.int64)
    table = np.empty(int(tables[-1]))
    for (value, path), start in zip(leaves, tables, strict=False):
        fill_table(value, np.array([share for share, _ in path.values()]), table[start:])
    return LeafTables(
        nodes=_bounds([len(tree) for tree in splits]),
        feature=np.array([node["split_feature"] for node in nodes], dtype=np.int32),
        threshold=np.array([node["threshold"] for node in nodes], dtype=np.float64),
        nan_left=np.array([_nan_left(node) for node in nodes], dtype=np.bool_),
        leaves=_bounds([len(tree) for tree in found]),
        parts=_bounds([len(path) for _, path in leaves]),
        part_feature=np.array([column for column, _ in parts], dtype=np.int32),
        steps=_bounds([len(conditions) for _, conditions in parts]),
        step_node=np.array([place for place, _ in steps], dtype=np.int32),
        step_left=np.array([left for _, left in steps], dtype=np.bool_),
        tables=tables,
        table=table,
        base=base,
    )


def _bounds(sizes: list[int]) -> Places:
    """Where each of a row of pieces begins, and where the last ends."""
    return np.array([0, *accumulate(sizes)], dtype=np.int32)
