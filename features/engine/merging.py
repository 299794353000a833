"""Adding rows to a sorted store without sorting it again: what a day brings is little beside what there was.

The result is, array by array, the store of all rows read together, where the new ones come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine import kernels_of_columns
from features.engine.store import ROW_COLUMNS, Ints, LineStore
from features.errors import DataProblem
from features.history import History

KEYS = {"order": "order_id", "product": "product_id", "category": "category"}
"""Columns of codes of a store, and the column of the history they stand for."""


@dataclass(frozen=True)
class NamedStore:
    """A store with what its codes stand for: `names` holds a text per code, by column of codes; null is a text too."""

    store: LineStore
    names: Mapping[str, pa.Array]

    @classmethod
    def of(cls, history: History) -> NamedStore:
        """The store of a history, with its names.

        Raises:
            DataProblem: there are no order lines.
        """
        lines = history.order_lines
        names = {key: _texts(lines.column(column)) for key, column in KEYS.items() if column in lines.column_names}
        return cls(LineStore.from_history(history), names)

    def merged(self, later: NamedStore) -> NamedStore:
        """The store of these rows and of `later` ones, which came after them; they may be of any day.

        Raises:
            DataProblem: the later rows lack a column, or have one more.
        """
        check_columns(self.store, later.store)
        joined = {key: joined_texts(texts, later.names[key]) for key, texts in self.names.items()}
        added = {key: codes[getattr(later.store, key)] for key, (_, codes) in joined.items()}
        names = {key: texts for key, (texts, _) in joined.items()}
        return NamedStore(_merged(self.store, replace(later.store, **added)), names)


def _texts(column: pa.ChunkedArray) -> pa.Array:
    """What the codes of a column stand for, in the order in which the store numbers them."""
    coded = column.cast(pa.string()).dictionary_encode("encode") if column.null_count else column.unify_dictionaries()
    return coded.combine_chunks().dictionary if coded.num_chunks != 1 else coded.chunk(0).dictionary


def check_columns(store: LineStore, later: LineStore) -> None:
    """Refuse rows that have other columns than those they are to be merged into.

    Raises:
        DataProblem: the later rows lack a column, or have one more.
    """
    has, also = ({name for name in ROW_COLUMNS if getattr(each, name) is not None} for each in (store, later))
    if has - {"known"} == also - {"known"}:
        return
    raise DataProblem(
        "The new order lines have other columns than those that are kept.",
        where="table order_lines",
        got=", ".join(sorted(also)),
        expected=", ".join(sorted(has)),
        todo="read all order lines again",
    )


def joined_texts(texts: pa.Array, more: pa.Array) -> tuple[pa.Array, Ints]:
    """The texts, and behind them those of `more` that are new; and the place (m,) of each of `more` among them.

    Neither holds a text twice. The many are looked through once, and only the few are hashed.
    """
    found = pc.fill_null(pc.index_in(texts, value_set=more), -1).to_numpy()
    there = np.flatnonzero(found >= 0)
    places = np.full(len(more), -1, dtype=np.int32)
    places[found[there]] = there
    new = np.flatnonzero(places < 0)
    places[new] = np.arange(len(texts), len(texts) + new.size)
    return pa.concat_arrays([texts, more.take(pa.array(new))]), places


def _merged(store: LineStore, later: LineStore) -> LineStore:
    ids, old, new = _customers(store.customer_ids, later.customer_ids)
    counts = np.zeros((2, ids.size), dtype=np.int64)
    counts[0, old], counts[1, new] = np.diff(store.offsets), np.diff(later.offsets)
    offsets = [np.concatenate([[0], np.cumsum(rows)]) for rows in counts]
    places = np.empty(later.day.size, dtype=np.int64)
    kernels_of_columns.places_among(*offsets, store.day, later.day, places)
    columns: dict[str, Any] = {}
    for name in ROW_COLUMNS:
        one, other = getattr(store, name), getattr(later, name)
        if name == "known":
            one, other = _known(store, later)
        if one is not None:
            columns[name] = np.empty(one.size + other.size, dtype=one.dtype)
            kernels_of_columns.put_among(one, other, places, columns[name])
    end = max(store.end, later.end)
    return replace(store, customer_ids=ids, offsets=offsets[0] + offsets[1], end=end, **columns)


def _customers(
    one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All customers in order, and where among them each of the one and of the other stands."""
    texts = pa.concat_arrays([pa.array(one, pa.string()), pa.array(other, pa.string())]).dictionary_encode()
    order = pc.sort_indices(texts.dictionary).to_numpy()
    ranks = np.empty(order.size, dtype=np.int64)
    ranks[order] = np.arange(order.size)
    places = ranks[texts.indices.to_numpy()]
    return texts.dictionary.to_numpy(zero_copy_only=False)[order], places[: one.size], places[one.size :]


def _known(store: LineStore, later: LineStore) -> tuple[Ints | None, Ints | None]:
    """When the rows of both were known; None where no row of either was known later than on its day."""
    if store.known is None and later.known is None:
        return None, None
    one, other = (each.day if each.known is None else each.known for each in (store, later))
    return one, other
