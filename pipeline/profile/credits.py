"""Whether credit notes seem to be written as positive amounts: then what was given back counts as bought."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.history import History
from pipeline.config import Config
from pipeline.sources.id_forms import form_of

SOME, MOST = 0.01, 0.5
"""Shares of the lines: orders of another kind are at least so many, and those of the usual kind more than so many."""


def positive_credits(history: History, config: Config) -> Iterator[str]:
    """One sentence where no line takes anything back, and some orders are numbered like documents of another kind.

    Systems that write credit notes as positive amounts number them apart: INV-1042 and CN-0077.
    """
    lines = history.order_lines
    if config.history.order_lines.columns.order_id is None or not history.has("net_amount") or _takes_back(lines):
        return
    order = lines.column("order_id").combine_chunks()
    letters = pc.utf8_upper(pc.replace_substring_regex(order.dictionary, r"[0-9].*$", "")).dictionary_encode()
    kind = letters.indices.to_numpy()[order.indices.to_numpy()]
    share = np.bincount(kind) / max(kind.size, 1)
    usual, others = int(share.argmax()) if share.size else 0, np.flatnonzero((share >= SOME) & (share < MOST))
    if not others.size or share[usual] <= MOST:
        return
    other = int(others[share[others].argmax()])
    apart, plain = (form_of(str(order[int(np.argmax(kind == each))].as_py())) for each in (other, usual))
    yield (
        f"No line takes anything back, and {share[other]:.0%} of the lines are of orders numbered like {apart}, most "
        f"like {plain}: if those are credit notes with positive amounts, what was given back counts as bought. "
        '[history.order_lines.returns] when says which lines they are, and sign = "negate" turns them round.'
    )


def _takes_back(lines: pa.Table) -> bool:
    """Whether any line is known as taken back."""
    there = [name for name in ("net_amount", "quantity") if name in lines.column_names]
    negative = any(pc.any(pc.less(lines.column(name), 0)).as_py() for name in there)
    return negative or ("is_return" in lines.column_names and bool(pc.any(lines.column("is_return")).as_py()))
