"""A column that nothing reads and that says of some order lines that they never became an order.

Systems export every order with its status. Cancelled ones, drafts and tests then count as orders, in silence: each row
keeps its contract. Only the user knows what such a word means, so nothing is left out; the sentence says how to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from features.history import ORDER_LINES
from pipeline.config import Config
from pipeline.sources.database import connect, quoted, reading
from pipeline.sources.files import Source, open_source
from pipeline.sources.sql import family

VOID = re.compile(r"\bcancel|\bannul|\bstorn|取消|作废|撤销", re.IGNORECASE)
"""In words of any column: an order that was taken back whole. A refund is not among them: it was an order first."""
NO_ORDER = re.compile(
    r"\bvoid|\bdraft|entwurf|\breject|\bdeclin|abgelehnt|\bexpired|\bfailed|fehlgeschlagen|\brefus|rifiut|brouillon"
    r"|borrador|bozza|草稿|拒绝",
    re.IGNORECASE,
)
"""The same in a column that is called one of states: elsewhere `Draft` is a beer."""
STATES = re.compile(r"stat[eou]|stage|zustand|状态", re.IGNORECASE)
MOST_WORDS, LOOKED_AT = 30, 20_000
"""A status has few words: a column with more among its first rows is none, and is not read any further."""
LEAST_SHARE, MOST_SHARE = 0.001, 0.6
"""Of the rows. With fewer nothing changes that anybody would see; with more the word hardly means what it seems to.
Ours, untested."""


def unread_states(config: Config) -> Iterator[str]:
    """One sentence for each word of such a column that stands in a share of the rows worth speaking of.

    Raises:
        DataProblem: the files cannot be read.
    """
    with connect(config) as database:
        source = open_source(database, config.history.order_lines, ORDER_LINES)
        used = {*_texts(config.history.order_lines.model_dump())}
        for column, kind in source.types.items():
            if column not in used and family(kind) == "text":
                yield from _void(database, source, column)


def _texts(settings: Any) -> Iterator[str]:
    """Every text of the settings of a table: the columns it reads are among them."""
    if isinstance(settings, str):
        yield settings
    for part in settings.values() if isinstance(settings, dict) else settings if isinstance(settings, list) else ():
        yield from _texts(part)


def _void(database: duckdb.DuckDBPyConnection, source: Source, column: str) -> Iterator[str]:
    state = quoted(column)
    first = f"SELECT {state} AS word FROM {source.scan} LIMIT {LOOKED_AT}"
    with reading(source.where, source.table.name, source.texts):
        ((words,),) = database.execute(f"SELECT count(DISTINCT word) FROM ({first})").fetchall()
        if words > MOST_WORDS:
            return
        counted = database.execute(f"SELECT {state}, count(*) FROM {source.scan} GROUP BY 1 ORDER BY 2 DESC, 1")
        rows = dict(counted.fetchmany(10 * MOST_WORDS))
    total = sum(rows.values())
    for found, count in rows.items():
        if _is_void(column, found) and LEAST_SHARE * total <= count <= MOST_SHARE * total:
            name, word = (json.dumps(each, ensure_ascii=False) for each in (column, found))  # as TOML writes texts
            yield (
                f"order_lines: {column!r}, a column that nothing reads, is {found!r} in {count:,} of {total:,} rows "
                f"({count / total:.1%}), and these count as orders. If they never became one, leave them out: "
                f'filters = [{{name = "no order", exclude = [{{column = {name}, equals = {word}}}]}}].'
            )


def _is_void(column: str, word: str | None) -> bool:
    return bool(word and (VOID.search(word) or (STATES.search(column) and NO_ORDER.search(word))))
