"""What the page calls a play where a person answers for the customer: no key account is said to be served cheaply."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from models.decision.plays import PLAYS

LOW_COST, IN_PERSON = "serve_at_low_cost", "serve_in_person"
SHOWN: tuple[str, ...] = (*PLAYS, IN_PERSON)
"""The plays that the page tells apart, in order."""


def in_person(table: pa.Table) -> pa.Table:
    """The rows with `IN_PERSON` for the play of key accounts that others are served at low cost by.

    The other files of the export name the play by its code for everybody, for that is what its hold-out measures.
    """
    play = table.column("play")
    chosen = pc.and_(pc.equal(play, LOW_COST), pc.fill_null(table.column("key_account"), False))
    shown = pc.if_else(pc.fill_null(chosen, False), IN_PERSON, play)
    return table.set_column(table.column_names.index("play"), "play", shown)
