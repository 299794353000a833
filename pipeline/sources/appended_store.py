"""Stores of ascending customers put one behind the other in files of plain arrays, and mapped as one.

The system may drop pages of a mapped file that are not in use. The files have no name any more once they are mapped, so
nothing is left behind whatever happens.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from features.engine.line_columns import nameless_codes
from features.engine.merging import KEYS, NamedStore, joined_texts
from features.engine.store import ROW_COLUMNS, LineStore
from pipeline.memory.mapped import from_file


class AppendedStore:
    """Stores of ascending customers put one behind the other on disk, product and category codes common to all.

    Every column lies in a file of its name in `folder`, of the type `kinds` says. `names` are the texts behind the
    common codes; `customers` and `rows` are the customer ids of each store appended and how many lines each has; `end`
    is the day after the last one that any of them covers.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, pa.Array] = {}
        self.customers: list[Any] = []
        self.rows: list[Any] = []
        self.kinds: dict[str, np.dtype[Any]] = {}
        self.end = 0

    def append(self, bucket: NamedStore) -> None:
        """Write the rows of one bucket behind those there are."""
        store, codes = bucket.store, {}
        for key in KEYS:
            if key != "order" and key in bucket.names:  # an order's code only has to differ from the customer's others
                known = self.names.get(key, bucket.names[key][:0])
                self.names[key], places = joined_texts(known, bucket.names[key])
                codes[key] = places[getattr(store, key)]
        for name in ROW_COLUMNS:
            column = codes.get(name, getattr(store, name))
            if name == "known":
                column = store.day if column is None else column
            if column is not None:
                self.kinds[name] = column.dtype
                with (self.folder / name).open("ab") as file:
                    column.tofile(file)
        self.customers.append(store.customer_ids)
        self.rows.append(np.diff(store.offsets))
        self.end = max(self.end, store.end)

    def keys(self) -> dict[str, pa.Array]:
        """The ids of customers, and of products where there are any, by column."""
        products = {"product_id": self.names["product"]} if "product" in self.names else {}
        return {"customer_id": pa.array(np.concatenate(self.customers), pa.string()), **products}

    def store(self) -> LineStore:
        """The whole, mapped into memory."""
        columns: dict[str, Any] = dict.fromkeys(ROW_COLUMNS)
        for name, kind in self.kinds.items():
            columns[name] = from_file(self.folder / name, kind)
        if np.array_equal(columns["known"], columns["day"]):
            columns["known"] = None
        offsets = np.concatenate([[0], np.cumsum(np.concatenate(self.rows))])
        columns |= {"offsets": offsets, "end": self.end, "nameless": nameless_codes(self.names)}
        return LineStore(customer_ids=np.concatenate(self.customers), **columns)
