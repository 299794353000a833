"""The compiled loops of exact contributions: filling the tables of leaves, and looking rows up in them."""

from __future__ import annotations

import numpy as np
from numba import njit

ROWS_AT_ONCE = 512
"""Rows taken through a tree together: what is kept of them stays in the nearest cache."""


@njit(cache=True, nogil=True)
def fill_table(value, share, out):
    """What each of d features adds at a leaf of `value`, in every situation: `out[j * 2^d + situation]`.

    `share` (d,): of the training rows at the nodes on the path, those that meet the conditions of each feature. Bit j
    of a situation: the row meets those of feature j. The sum over subsets of features runs over their sizes.
    """
    d = share.size
    situations = 1 << d
    ways = np.empty(d + 1)
    for situation in range(situations):
        for j in range(d):
            ways[:] = 0.0
            ways[0] = 1.0
            for other in range(d):
                if other == j:
                    continue
                meets = 1.0 if (situation >> other) & 1 else 0.0
                for size in range(d - 1, 0, -1):
                    ways[size] = ways[size] * share[other] + ways[size - 1] * meets
                ways[0] *= share[other]
            total, weight = 0.0, 1.0 / d
            for size in range(d):
                total += weight * ways[size]
                if size < d - 1:
                    weight *= (size + 1.0) / (d - size - 1.0)
            own = 1.0 if (situation >> j) & 1 else 0.0
            out[j * situations + situation] = value * (own - share[j]) * total


@njit(cache=True, nogil=True)
def look_up(
    values, first, last, nodes, feature, threshold, nan_left, leaves, parts, part_feature, steps, step_node, step_left,
    tables, table, out,
):  # fmt: skip
    """Add what every leaf says of the rows `[first, last)` of `values` (n, features) to `out` (features, last - first).

    Rows go through a tree in blocks: first every condition of the tree, then, leaf by leaf, situation and look-up.
    """
    most = 1
    for tree in range(nodes.size - 1):
        most = max(most, nodes[tree + 1] - nodes[tree])
    left = np.empty((most, ROWS_AT_ONCE), dtype=np.uint8)
    situation = np.empty(ROWS_AT_ONCE, dtype=np.uint8)
    meets = np.empty(ROWS_AT_ONCE, dtype=np.uint8)
    for start in range(first, last, ROWS_AT_ONCE):
        count = min(ROWS_AT_ONCE, last - start)
        for tree in range(nodes.size - 1):
            for node in range(nodes[tree], nodes[tree + 1]):
                column, limit, lost = values[:, feature[node]], threshold[node], nan_left[node]
                flags = left[node - nodes[tree]]
                for row in range(count):
                    value = column[start + row]
                    flags[row] = (value <= limit) | (lost & (value != value))
            for leaf in range(leaves[tree], leaves[tree + 1]):
                features = parts[leaf + 1] - parts[leaf]
                if features == 0:
                    continue
                situation[:count] = 0
                for part in range(features):
                    at = parts[leaf] + part
                    meets[:count] = 1
                    for step in range(steps[at], steps[at + 1]):
                        flags, side = left[step_node[step]], np.uint8(step_left[step])
                        for row in range(count):
                            meets[row] &= np.uint8(flags[row] == side)
                    for row in range(count):
                        situation[row] |= meets[row] << part
                size = 1 << features
                for part in range(features):
                    total = out[part_feature[parts[leaf] + part]]
                    begin = tables[leaf] + part * size
                    for row in range(count):
                        total[start - first + row] += table[begin + situation[row]]
