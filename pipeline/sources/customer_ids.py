"""Ids that customers had before: which id each is known by now, so that one customer is not taken for two.

A list of pairs, old and new, is read as every table is, and followed to the end: a to b and b to c is a to c.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from features.errors import DataProblem
from features.table_declaration import Column, Table
from pipeline.config import Config
from pipeline.process.files import replacing
from pipeline.settings.tables import CUSTOMER_IDS
from pipeline.sources.account import Account
from pipeline.sources.id_forms import form_of
from pipeline.sources.keys import capitals
from pipeline.sources.mapping import Span
from pipeline.sources.newer_ids import NewerIds
from pipeline.sources.quarantine import quarantine_file
from pipeline.sources.table import read_table

PAIRS = Table(
    name=CUSTOMER_IDS,
    grain="one id that a customer had before",
    happened="",
    columns=(
        Column("from", "key", "the id as it was", required=True),
        Column("to", "key", "the id that the customer has had since", required=True),
    ),
)
SEVERAL = "the same old id has another new one"
ROUND = "the ids lead back to where they began"


def read_newer_ids(
    database: duckdb.DuckDBPyConnection, config: Config, span: Span
) -> tuple[NewerIds | None, Account | None]:
    """The ids that customers are known by now, and the account of the pairs; None without such a list.

    A pair told twice is no contradiction. The list holds for all dates: it says who a customer is, not what it does.

    Raises:
        DataProblem: the pairs cannot be read, or contradict each other.
    """
    settings = config.history.customer_ids
    if settings is None:
        quarantine_file(config, CUSTOMER_IDS).unlink(missing_ok=True)
        return None, None
    twice = config.history.model_copy(update={CUSTOMER_IDS: settings.model_copy(update={"duplicates": "keep"})})
    found = read_table(database, PAIRS, config.model_copy(update={"history": twice}), span, "")
    return newer_ids(found.rows, config), found.account


def newer_ids(pairs: pa.Table, config: Config) -> NewerIds:
    """The pairs of a table with the columns of `PAIRS`, followed to the end; an id that stays as it is changes nothing.

    Raises:
        DataProblem: an old id has two new ones, or ids lead round in a circle. Which, the quarantine says.
    """
    settings = config.history.customer_ids
    upper = settings is not None and "customer_id" in settings.uppercase
    olds, news = (pairs.column(name).cast(pa.string()) for name in ("from", "to"))
    both = zip(*((capitals(ids) if upper else ids).to_pylist() for ids in (olds, news)), strict=True)
    told = sorted({(old, new) for old, new in both if old != new})
    step = dict(told)
    torn = {old for old, new in told if step[old] != new}
    if torn:
        raise _problem("Some ids of customers have several new ones.", SEVERAL, torn, told, config)
    found = NewerIds.of_pairs(step)
    lost = {old for old in step if old not in found.now}
    if lost:
        raise _problem("Some ids of customers lead back to where they began.", ROUND, lost, told, config)
    return found


def _problem(what: str, reason: str, ids: set[str], told: list[tuple[str, str]], config: Config) -> DataProblem:
    """What is wrong with some ids; which, a file says: messages quote no customer's id."""
    settings, file = config.history.customer_ids, quarantine_file(config, CUSTOMER_IDS)
    pairs = [pair for pair in told if pair[0] in ids]
    _write(file, pairs, reason)
    many = "1 old id" if len(ids) == 1 else f"{len(ids):,} old ids"
    return DataProblem(
        what,
        where=f"{settings.path if settings else ''}, setting history.{CUSTOMER_IDS}",
        got=f"{many} in {len(pairs):,} pairs, one of the form {form_of(pairs[0][0])}",
        expected="one new id for each old one, and an end to every chain of them",
        todo=f"look at the pairs in {file}, and leave out those that do not hold any more",
    )


def _write(file: Path, pairs: list[tuple[str, str]], reason: str) -> None:
    old, new = (pa.array(ids, pa.string()) for ids in zip(*pairs, strict=True))
    with replacing(file) as draft:
        pq.write_table(pa.table({"from": old, "to": new, "reason": pa.array([reason] * len(pairs))}), draft)
