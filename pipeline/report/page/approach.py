"""How what is proposed now reaches a customer: the list somebody works through is of those to speak with."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from models.decision.plays import PLAYS
from models.decision.recommend import ACT
from pipeline.report.page.in_person import IN_PERSON

APPROACH, HEADING = "approach", "Reach by"
CALL, MAIL = "call_or_visit", "mail_or_shop"
APPROACHES = (CALL, MAIL)
SPOKEN = (*(code for code, play in PLAYS.items() if play.by_call), IN_PERSON)
"""The plays that somebody speaks with the customer for."""


def approach(table: pa.Table) -> pa.ChunkedArray:
    """By row `CALL` or `MAIL`, null where nothing is to be done now; a person speaks with a key account anyway.

    Args:
        table: rows as the page shows them, see `in_person`.
    """
    spoken = pc.is_in(table.column("play"), value_set=pa.array(SPOKEN))
    called = pc.or_(spoken, pc.fill_null(table.column("key_account"), False))
    acting = pc.fill_null(pc.equal(table.column("play_status"), ACT), False)
    return pc.if_else(acting, pc.if_else(called, CALL, MAIL), pa.scalar(None, pa.string()))


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [HEADING]
