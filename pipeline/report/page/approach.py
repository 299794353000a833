"""How what is proposed now reaches a customer: the list somebody works through is of those to speak with."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.contract.reading_order import spoken_with, to_do_now

APPROACH, HEADING = "approach", "Reach by"
CALL, MAIL = "call_or_visit", "mail_or_shop"
APPROACHES = (CALL, MAIL)


def approach(table: pa.Table) -> pa.ChunkedArray:
    """By row `CALL` or `MAIL`, null where nothing is to be done now; a person speaks with a key account anyway."""
    return pc.if_else(to_do_now(table), pc.if_else(spoken_with(table), CALL, MAIL), pa.scalar(None, pa.string()))


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [HEADING]
