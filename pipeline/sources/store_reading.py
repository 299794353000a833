"""A history as it was read, with its order lines sorted: what every command begins with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from features.engine.store import LineStore
from pipeline.sources.history import Reading
from pipeline.sources.product_names import Products


@dataclass(frozen=True)
class StoreReading:
    """A sorted store and how it was read; read by buckets, the reading's history holds no order lines any more.

    `names` are the texts of products by code, where they were let go of with the lines.
    """

    store: LineStore
    reading: Reading
    names: pa.Array | None = None

    def products(self) -> Products | None:
        """What products are called; by code alone where names were let go of with the lines; None without products."""
        if self.names is None:
            return Products.of(self.reading.history.order_lines)
        codes = np.asarray(self.names.to_numpy(zero_copy_only=False), dtype=object)
        return Products(codes, codes)

    def without_lines(self) -> StoreReading:
        """The same without the order lines as they came, where nobody reads them beside the store.

        They take more memory than the store does. Of list prices and deliveries, outcomes are told from them.
        """
        history = self.reading.history
        if history.optional or history.has("list_amount"):
            return self
        return replace(self, reading=replace(self.reading, history=replace(history, order_lines=pa.table({}))))
