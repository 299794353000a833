"""All that is known of the customers, and what of it was known by a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa

from features.engine.store import LineStore, day_number
from features.history import History
from models.event_rows import Rows
from models.outcome_tables import known_before, outcome_tables
from pipeline.matrices.segment_kinds import regions_of

NOT_RENAMED: Mapping[str, str] = {}


@dataclass(frozen=True)
class KnownHistory:
    """All that is known of the customers: order lines as they came and sorted, and the other tables.

    `renamed` is the id by now for each one that a customer had before, for what was said of it then, and `first_ids`
    the one that its lots are drawn by for each by now, where it had several.
    """

    lines: pa.Table
    store: LineStore
    tables: Mapping[str, Rows]
    renamed: Mapping[str, str] = field(default_factory=dict)
    first_ids: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        history: History,
        store: LineStore | None = None,
        renamed: Mapping[str, str] = NOT_RENAMED,
        first_ids: Mapping[str, str] = NOT_RENAMED,
    ) -> KnownHistory:
        """What is known by a history; `store` is the sorted form of its order lines, where there is one already.

        Raises:
            DataProblem: there are no order lines.
        """
        store = LineStore.from_history(history) if store is None else store
        return cls(history.order_lines, store, outcome_tables(history, store), renamed, first_ids)

    def known_before(self, cutoff: date) -> KnownHistory:
        """What of it was known before a day."""
        day = day_number(cutoff)
        return replace(self, store=self.store.known_before(day), tables=known_before(self.tables, day))


@dataclass(frozen=True)
class OtherTables:
    """What is known beside the order lines: rows of the other tables as outcomes, and each customer's region."""

    tables: Mapping[str, Rows] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, history: History, store: LineStore) -> OtherTables:
        """What a history holds beside the order lines; `store` is the sorted form of these."""
        return cls(outcome_tables(history, store), regions_of(history))
