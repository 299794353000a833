"""What products are called, by their code in a store: the supplier's own code, and beside it the name people know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.engine.line_columns import coded

Texts = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Products:
    """What products (products,) are called by their code in the store, None for what is no product.

    `codes` as the supplier's files have them, `titles` as people know them: "22423 Cake stand", or the code alone.
    """

    codes: Texts
    titles: Texts

    @classmethod
    def of(cls, lines: pa.Table) -> Products | None:
        """Of order lines; None without products.

        A product is called what it was last called. Of several names on that day the first in the alphabet, so that the
        order of rows does not matter.
        """
        product = coded(lines, "product_id") if lines.num_rows else None
        if product is None:
            return None
        titles, called = product[1].copy(), coded(lines, "product_name")
        if called is not None:
            days = lines.column("ordered_on").cast(pa.int32()).to_numpy().astype(np.int64)
            for code, name in _last_called(product[0], called[0], called[1], days):
                titles[code] = None if titles[code] is None else f"{titles[code]} {name}"
        return cls(product[1], titles)


def _last_called(product: Ints, name: Ints, names: Texts, day: Longs) -> list[tuple[int, str]]:
    """Of each product (n,) its latest name by day (n,); nothing of those never named."""
    named = np.array([text is not None for text in names], dtype=bool)[name]
    pairs, place = np.unique(product[named].astype(np.int64) * names.size + name[named], return_inverse=True)
    last = np.full(pairs.size, np.iinfo(np.int64).min)
    np.maximum.at(last, place, day[named])
    found = zip((pairs // names.size).tolist(), (-last).tolist(), names[pairs % names.size].tolist(), strict=True)
    latest: dict[int, str] = {}
    for code, _, text in sorted(found):
        latest.setdefault(code, text)
    return list(latest.items())
