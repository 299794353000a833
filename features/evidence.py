"""Which history tables say anything before a day: what a prediction rests on."""

from __future__ import annotations

from features.engine.store import LineStore
from features.engine.table_leaf import EVENTS
from features.history import OPTIONAL_TABLES


def tables_known(store: LineStore, day: int) -> tuple[str, ...]:
    """The optional tables with a row known before `day` (days since 1970-01-01), in the order of `history.py`."""
    telling = {EVENTS[name] for name, events in store.tables.items() if (events.known_on < day).any()}
    return tuple(table.name for table in OPTIONAL_TABLES if table.name in telling)


def evidence_level(store: LineStore, day: int) -> str:
    """The tables that predictions at `day` rest on, in words."""
    known = tables_known(store, day)
    return "order lines only" if not known else ", ".join(("order lines", *known))
