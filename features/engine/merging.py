"""Adding rows to a sorted store without sorting it again: what a day brings is little beside what there was.

The result is, array by array, the store of all rows read together, where the new ones come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine import kernels_of_columns
from features.engine.line_columns import NAMED
from features.engine.store import ROW_COLUMNS, Ints, LineStore
from features.errors import DataProblem
from features.history import History

KEYS = {"order": "order_id", **NAMED}
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
        both, new = self._joined(later)
        names = {key: pa.concat_arrays([texts, more]) for key, texts, more in new}
        return NamedStore(both.slice(0, both.customers), names)

    def beside(self, later: NamedStore) -> MergedStore:
        """The store that `merged` makes, as rows that are put together where they are asked for.

        Raises:
            DataProblem: the later rows lack a column, or have one more.
        """
        return self._joined(later)[0]

    def _joined(self, later: NamedStore) -> tuple[MergedStore, list[tuple[str, pa.Array, pa.Array]]]:
        """The rows of both, and what codes stand for: by column, what there was and what is new."""
        check_columns(self.store, later.store)
        codes, new = {}, []
        nameless = {**self.store.nameless}
        for key, texts in self.names.items():
            places, added = text_places(texts, later.names[key])
            codes[key] = places[getattr(later.store, key)]
            new.append((key, texts, added))
            code = later.store.nameless.get(key)
            nameless |= {} if code is None else {key: int(places[code])}
        return MergedStore.of(replace(self.store, nameless=nameless), replace(later.store, **codes)), new


@dataclass(frozen=True)
class MergedStore:
    """The rows of two stores of the same codes, put together for those customers that are asked for.

    All of them together would be memory that was not used before, which is dearer than putting each together again.
    `customer_ids` (C,) are the customers of both, ascending; `places` where those of each stand among them. `market`:
    see `LineStore`. `sums`: the `MarketSums` of all rows, if they were counted; of some customers alone there are none.
    """

    before: LineStore
    later: LineStore
    customer_ids: npt.NDArray[np.object_]
    places: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    market: object = None
    sums: object = None

    @classmethod
    def of(cls, before: LineStore, later: LineStore) -> MergedStore:
        """The rows of a store and later ones, which came after them; they may be of any day."""
        ids, *places = _customers(before.customer_ids, later.customer_ids)
        return cls(before, later, ids, (places[0], places[1]))

    @property
    def customers(self) -> int:
        """How many customers have at least one line."""
        return len(self.customer_ids)

    @property
    def nameless(self) -> Mapping[str, int]:
        """The codes that stand for null, see `LineStore`."""
        return self.before.nameless

    @property
    def products(self) -> int | None:
        """How many products there may be, see `LineStore`."""
        one, other = self.before.products, self.later.products
        return None if one is None or other is None else max(one, other)

    def slice(self, first: int, last: int) -> LineStore:
        """Customers `[first, last)` alone, with the rows of both: by day, the later ones after the others of a day."""
        parts, counts = [], np.zeros((2, last - first), dtype=np.int64)
        for store, places, rows in zip((self.before, self.later), self.places, counts, strict=True):
            low, high = np.searchsorted(places, (first, last))
            parts.append(store.slice(low, high))
            rows[places[low:high] - first] = np.diff(parts[-1].offsets)
        one, other = parts
        offsets = [np.concatenate([[0], np.cumsum(rows)]) for rows in counts]
        among = np.empty(other.day.size, dtype=np.int64)
        kernels_of_columns.places_among(*offsets, one.day, other.day, among)
        named: dict[str, Any] = {
            "customer_ids": self.customer_ids[first:last],
            "market": self.market,
            "end": max(one.end, other.end),
        }
        return replace(one, offsets=offsets[0] + offsets[1], **named, **_rows(one, other, among))


Lines = TypeVar("Lines", bound=LineStore | MergedStore)


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

    Neither holds a text twice.
    """
    places, new = text_places(texts, more)
    return pa.concat_arrays([texts, new]), places


def text_places(texts: pa.Array, more: pa.Array) -> tuple[Ints, pa.Array]:
    """The place (m,) of each of `more` among the texts and, behind them, those of `more` that are new; and these.

    Neither holds a text twice. The many are looked through once, and only the few are hashed.
    """
    found = pc.fill_null(pc.index_in(texts, value_set=more), -1).to_numpy()
    there = np.flatnonzero(found >= 0)
    places = np.full(len(more), -1, dtype=np.int32)
    places[found[there]] = there
    new = np.flatnonzero(places < 0)
    places[new] = np.arange(len(texts), len(texts) + new.size)
    return places, more.take(pa.array(new))


def _rows(one: LineStore, other: LineStore, places: npt.NDArray[np.int64]) -> dict[str, Any]:
    """The columns of rows of both, each of the other before the row of the one that `places` says."""
    columns: dict[str, Any] = {}
    for name in ROW_COLUMNS:
        first, second = _known(one, other) if name == "known" else (getattr(one, name), getattr(other, name))
        if first is not None and second is not None:
            columns[name] = np.empty(first.size + second.size, dtype=first.dtype)
            kernels_of_columns.put_among(first, second, places, columns[name])
    return columns


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
