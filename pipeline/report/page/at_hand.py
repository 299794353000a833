"""What the page calls a play that pays only if it does as well as is assumed: worth it when there is an occasion."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from models.decision.recommend import ACT, STATUSES

AT_HAND = "at_hand"
STATUSES_SHOWN: tuple[str, ...] = (ACT, AT_HAND, *(status for status in STATUSES if status != ACT))
"""What the page tells apart of what is to be done, in order."""


def at_hand(table: pa.Table) -> pa.Table:
    """The rows with `AT_HAND` for the status of plays that are not to be done now.

    The other files of the export say `act` of all that are worth doing, and beside it in `act_now` which of them now.
    """
    status = table.column("play_status")
    waits = pc.and_(pc.equal(status, ACT), pc.invert(pc.fill_null(table.column("act_now"), True)))
    shown = pc.if_else(pc.fill_null(waits, False), AT_HAND, status)
    return table.set_column(table.column_names.index("play_status"), "play_status", shown)
