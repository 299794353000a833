"""The columns of an export that say where a customer stands among its peers."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.engine.plan import Matrix
from features.engine.primitives_of_tables import table_values
from features.engine.store import LineStore, day_number
from features.engine.table_leaf import TableLeaf
from features.engine.view import HistoryView
from features.indices import INDICES, index_values
from features.peers import PeerGroups
from pipeline.standing.placing import placed, spread

INDEX_DECIMALS, COVERAGE_DECIMALS = 1, 3


def index_columns(store: LineStore, matrix: Matrix) -> dict[str, list[Any]]:
    """`peer_group`, and each index with its coverage, one value a row of the spine; null where not eligible.

    Args:
        store: with the attributes that peers are found by.
        matrix: features of the eligible at one cutoff.
    """
    eligible = matrix.spine.eligible
    peers = peer_groups(store, matrix)
    columns: dict[str, list[Any]] = {"peer_group": placed(peers.names, eligible, None)}
    for index in INDICES:
        value, coverage = index_values(index, matrix.values, matrix.names, peers)
        columns[index.name] = spread(value, eligible, INDEX_DECIMALS)
        columns[f"{index.name}_coverage"] = spread(coverage, eligible, COVERAGE_DECIMALS)
    return columns


def peer_groups(store: LineStore, matrix: Matrix) -> PeerGroups:
    """The peers of the eligible rows of a matrix at one cutoff, by industry and region as they held then."""
    attributes = store.tables.get("customers")
    codes: list[Any] = []
    for name in ("industry", "region"):
        if attributes is None or not attributes.has(name):
            codes.append(None)
            continue
        leaf = HistoryView.customers.latest(name)
        assert isinstance(leaf, TableLeaf)
        days = np.array([day_number(day) for day in matrix.cutoffs], dtype=np.int32)
        codes.append(table_values(store, days, {leaf}, 0)[leaf][matrix.customer, 0])
    return PeerGroups.of(codes[0], codes[1], len(matrix.values))
