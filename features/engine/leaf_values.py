"""Leaves over all tables to numbers, from the rows known before each cutoff, late ones included.

The pass over order lines takes rows as known on their day. Customers with a row that happened before a cutoff but was
known only later are computed again for that cutoff, from what was known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from features.engine import kernels_of_columns
from features.engine.asked import Asked
from features.engine.events import roll_up
from features.engine.expression import Leaf
from features.engine.primitives import Array, Pass, evaluate
from features.engine.primitives_of_tables import table_values
from features.engine.store import Ints, LineStore
from features.engine.table_leaf import TableLeaf


def asked_values(
    store: LineStore, cutoffs: Ints, horizon_days: int, asked: Sequence[tuple[tuple[Leaf, ...], Asked]]
) -> list[Array]:
    """The leaves that are asked for, (leaves, rows) each, from rows known before each cutoff."""
    tables = roll_up(store.settled())
    wanted = {leaf for leaves, _ in asked for leaf in leaves}
    dense = table_values(store, cutoffs, {leaf for leaf in wanted if isinstance(leaf, TableLeaf)}, horizon_days)
    found = []
    for leaves, rows in asked:
        values = np.empty((len(leaves), rows.rows))
        given = dict(zip(leaves, values, strict=True))
        own = given.keys() - dense.keys()
        for leaf, value in evaluate(Pass(tables, cutoffs, horizon_days, rows, given), own).items():
            if value is not given[leaf]:
                given[leaf][:] = value
        for leaf in given.keys() & dense.keys():
            kernels_of_columns.pick(dense[leaf].reshape(-1), rows.cell, given[leaf])
        _add_late(store, cutoffs, horizon_days, rows, {leaf: given[leaf] for leaf in own})
        found.append(values)
    return found


def _add_late(store: LineStore, cutoffs: Ints, horizon_days: int, asked: Asked, values: Mapping[Leaf, Array]) -> None:
    """Compute again what is asked of customers with a row that happened before a cutoff but was known only later."""
    if store.known is None:
        return
    owner, whose = np.repeat(np.arange(store.customers), np.diff(store.offsets)), asked.owner
    for k, cutoff in enumerate(cutoffs):
        late = np.zeros(store.customers, dtype=bool)
        late[owner[(store.day < cutoff) & (store.known >= cutoff)]] = True
        rows = np.flatnonzero(late[whose] & (asked.number == k))
        if rows.size:
            seen, alone_at = store.select(late[owner] & (store.known < cutoff)).settled(), cutoffs[k : k + 1]
            alone = Asked.of(late[:, np.newaxis], alone_at)
            again = evaluate(Pass(roll_up(seen), alone_at, horizon_days, alone), {*values})
            place = np.cumsum(late) - 1
            for leaf, value in again.items():
                values[leaf][rows] = value[place[whose[rows]]]


def leaf_values(store: LineStore, cutoffs: Ints, wanted: set[Leaf], horizon_days: int) -> dict[Leaf, Array]:
    """The leaves (customers, K) from rows known before each cutoff."""
    everything = Asked.everything(store.customers, cutoffs)
    (values,) = asked_values(store, cutoffs, horizon_days, [((*wanted,), everything)])
    return {leaf: value.reshape(store.customers, cutoffs.size) for leaf, value in zip(wanted, values, strict=True)}
