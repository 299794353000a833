"""The order in which people read customers, the same wherever they are listed: page, workbook, CSV and terminal.

First those that somebody speaks with now, of these those with a severe complaint open or that drift; within each by
margin at risk. A list by money alone begins with large accounts that are safe, and with those held out at random, whom
whoever works it through from the top would call all the same.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from models.decision.plays import PLAYS
from models.decision.recommend import ACT
from models.decision.states import DRIFTING, STATES

FIRST = "read first"
ORDER = (
    (FIRST, "descending"), ("value_at_risk", "descending"), ("churn_rank", "ascending"), ("status", "ascending"),
    ("customer_id", "ascending"),
)  # fmt: skip
SAID = "First those to speak with now, of these those that complain or drift; then all others; each by margin at risk."
BY_CALL = tuple(code for code, play in PLAYS.items() if play.by_call)


def texts() -> list[str]:
    """Every text of this module that people can see."""
    return [SAID]


def in_order(table: pa.Table) -> pa.Table:
    """The rows of a prediction table in the order of reading."""
    ranked = table.append_column(FIRST, _first(table))
    return ranked.sort_by(list(ORDER)).drop_columns([FIRST])


def to_do_now(table: pa.Table) -> pa.ChunkedArray:
    """By row, whether something is to be done now; of exports before `act_now`, wherever one acts."""
    acts = pc.fill_null(pc.equal(table.column("play_status"), ACT), False)
    return pc.coalesce(table.column("act_now"), acts)


def to_speak_with_now(table: pa.Table) -> pa.ChunkedArray:
    """By row, whether somebody speaks with the customer now: for its play, for a complaint, or as a key account."""
    return pc.and_(pc.fill_null(table.column("act_now"), False), spoken_with(table))


def spoken_with(table: pa.Table) -> pa.ChunkedArray:
    """By row, whether what is done is done by speaking with the customer."""
    by_call = pc.is_in(table.column("play"), value_set=pa.array(BY_CALL))
    complains = pc.is_valid(table.column("complaint_since"))
    key = pc.fill_null(table.column("key_account"), False)
    return pc.or_(pc.or_(by_call, complains), key)


def _first(table: pa.Table) -> pa.ChunkedArray:
    """2, 1 or 0 by row: the higher, the earlier it is read."""
    drifts = pc.fill_null(pc.equal(table.column("state"), STATES[DRIFTING]), False)
    urgent = pc.or_(drifts, pc.is_valid(table.column("complaint_since")))
    now = to_speak_with_now(table)
    return pc.add(pc.cast(now, pa.int8()), pc.cast(pc.and_(now, urgent), pa.int8()))
