"""Tables whose customers or orders are not those of the order lines: what they say is lost, and nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from features.history import DELIVERIES
from pipeline.sources.id_forms import HARDLY, Meeting, advice, form_of, meeting, rounded
from pipeline.sources.twins import twins

FEWEST_TWINS, TWINS = 3, 0.01
"""Customers, and share of them, from which ids that differ only in how they are written are told of."""
KEYS = ("customer_id", "order_id", "product_id")


def unmet_tables(lines: pa.Table, others: Mapping[str, pa.Table]) -> Iterator[str]:
    """One sentence for every table beside the order lines whose ids meet hardly any of theirs.

    Args:
        lines: the order lines.
        others: the other tables by name, each with a `customer_id` of dictionary-encoded text.
    """
    for name, table in others.items():
        found = _met(lines, table, "customer_id")
        if found.share < HARDLY:
            yield f"{name}: {_told(found, 'customers')} {advice(found)}"
        elif name == DELIVERIES.name and (found := _met(lines, table, "order_id")).share < HARDLY:
            lost = "how long a delivery took from its order, and whether that rose, an act of partnership, is unknown."
            yield f"{name}: {_told(found, 'orders')} {advice(found, 'order_id')} Until then {lost}"


def unmet_ids(keys: Mapping[str, pa.Array]) -> tuple[str, ...]:
    """Sentences on keys of the order lines by themselves.

    Args:
        keys: by column, the ids (n,) it holds, each once; of `customer_id` there have to be some.
    """
    return (*_rounded_ids(keys), *_twin_ids(keys["customer_id"]))


def keys_of(lines: pa.Table) -> dict[str, pa.Array]:
    """The ids of each key of the order lines, by column, in the order in which they first occur."""
    return {name: lines.column(name).combine_chunks().dictionary for name in KEYS if name in lines.column_names}


def _rounded_ids(keys: Mapping[str, pa.Array]) -> Iterator[str]:
    """One sentence for every key of the order lines in which a spreadsheet has rounded long numbers."""
    for name, ids in keys.items():
        count = rounded(ids)
        if count:
            yield (
                f"order_lines: {count:,} of {len(ids):,} values of {name} look like '9.99999E+99', as a spreadsheet "
                "shows long numbers. It has rounded them, and several may have become one: have it delivered as text."
            )


def _twin_ids(ids: pa.Array) -> Iterator[str]:
    """One sentence where many customers are there twice, under ids that differ only in how they are written."""
    found = twins(ids)
    if found is not None and found.met >= max(FEWEST_TWINS, TWINS * len(ids)):
        yield (
            f"order_lines: {found.met:,} of {len(ids):,} customers are there before under another id, as "
            f"{form_of(found.left)} and {form_of(found.right)}: each counts as two, who leave and come. "
            f"{advice(found, once=True)}"
        )


def _met(lines: pa.Table, table: pa.Table, column: str) -> Meeting:
    """How the ids of a column meet those of the order lines."""
    return meeting(*(each.column(column).combine_chunks().dictionary for each in (lines, table)))


def _told(found: Meeting, whose: str) -> str:
    return (
        f"{found.met:,} of {found.most:,} {whose} ({found.share:.0%}) are {whose} of the order lines: "
        f"there one looks like {form_of(found.left)}, here like {form_of(found.right)}."
    )
