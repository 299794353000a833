"""Which history tables say anything before a day, of anybody or of one customer: what a prediction rests on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from features.engine.store import LineStore
from features.engine.table_leaf import EVENTS
from features.engine.tables import TableEvents
from features.history import CUSTOMERS, OPTIONAL_TABLES

RECENT_DAYS = 730
"""The longest window that a feature has over one of these tables."""
ORDER_LINES_ONLY = "order lines only"


def tables_known(store: LineStore, day: int) -> tuple[str, ...]:
    """The optional tables with a row known before `day` (days since 1970-01-01), in the order of `history.py`."""
    telling = {EVENTS[name] for name, events in store.tables.items() if (events.known_on < day).any()}
    return tuple(table.name for table in OPTIONAL_TABLES if table.name in telling)


def evidence_levels(store: LineStore, day: int) -> list[str]:
    """By customer (C,) the tables that say something of it at `day` (days since 1970-01-01), in words.

    That is a row known before the day, of something that happened in `[day - 730, day)`, or that still holds then: a
    contract or an investment that ends later, and what is known of the customer itself.
    """
    spoken = np.zeros((store.customers, len(OPTIONAL_TABLES)), dtype=bool)
    places = {table.name: place for place, table in enumerate(OPTIONAL_TABLES)}
    for name, events in store.tables.items():
        if EVENTS[name] in places:
            spoken[:, places[EVENTS[name]]] |= _speaks(name, events, day)
    sets, place = np.unique(spoken, axis=0, return_inverse=True)
    words = [level_of([table.name for table, there in zip(OPTIONAL_TABLES, one, strict=True) if there]) for one in sets]
    return [words[each] for each in place.ravel()]


def level_of(tables: list[str]) -> str:
    """What rests on order lines and these tables, in words."""
    return ", ".join(("order lines", *tables)) if tables else ORDER_LINES_ONLY


def _speaks(name: str, events: TableEvents, day: int) -> npt.NDArray[np.bool_]:
    """Whether there is a telling row of each customer, (C,)."""
    lasting = events.day >= day - RECENT_DAYS
    if EVENTS[name] == CUSTOMERS.name:
        lasting = np.ones_like(lasting)
    elif "ends" in events.numbers:
        lasting = lasting | (events.numbers["ends"] > day)
    told = np.concatenate([[0], np.cumsum((events.known_on < day) & lasting)])
    return np.diff(told[events.offsets]) > 0
