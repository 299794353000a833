"""Reading the mapped rows batch by batch: what is text becomes codes at once, so that memory holds each value once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.engine.freed_memory import keep_freed_memory
from features.engine.hashing import mix_in
from features.engine.pieces import in_one_piece
from features.table_declaration import Table
from pipeline.settings.history import TableSettings
from pipeline.settings.tables import OrderLines
from pipeline.sources.collect import Flat, Listed, Texts, collector
from pipeline.sources.database import reading
from pipeline.sources.dictionaries import stored_texts
from pipeline.sources.files import Source
from pipeline.sources.keys import Key, Mask, cleaned, encoded, in_capitals, joined, printable, without
from pipeline.sources.mapping import coded_apart
from pipeline.sources.newer_ids import NewerIds
from pipeline.sources.quarantine import BATCH, Verdict, rejected
from pipeline.sources.rows import Rows
from pipeline.sources.words import in_our_words

OTHERWISE = {"problem": -1, "row_hash": 0}
"""Columns of the query that are none of the table, and what stands for null in them."""


@dataclass(frozen=True)
class Mapped:
    """The rows no rule left out, in the order of the files.

    `keys`: keys and texts by column. `flat`: every other column, and its missing values. `hashes` (n,) is empty where
    copies are not looked for. `lines`: CSV lines that could not be read, with reasons. `excluded`: rows per rule.
    `renamed`: the rows (n,) whose customer has another id by now, None where no ids are listed; `accounts`: the key
    of the ids as they were delivered, None also where nothing asks for them: neither lots nor what adds up.
    """

    declared: Table
    keys: dict[str, Key]
    flat: dict[str, pa.ChunkedArray]
    hashes: npt.NDArray[np.uint64]
    verdict: Verdict
    lines: list[tuple[str, str]]
    excluded: dict[str, int]
    renamed: Mask | None = None
    accounts: Key | None = None

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.verdict.codes.size

    @property
    def unread(self) -> set[str]:
        """The columns, other than keys, without a value in any row."""
        return {name for name, column in self.flat.items() if column.null_count == self.rows}

    def table(self, used: Mask) -> pa.Table:
        """The history table of the rows `used` (n,), columns in the order of their declaration."""
        chosen = None if used.all() else pa.array(used)
        columns = {}
        for column in self.declared.columns:
            if column.name in self.keys:
                columns[column.name] = self.keys[column.name].taken(used).to_arrow()
            elif column.name in self.flat:
                flat = self.flat[column.name]
                columns[column.name] = in_one_piece(flat if chosen is None else flat.filter(chosen))
        return pa.table(columns)


def read_rows(database: duckdb.DuckDBPyConnection, source: Source, rows: Rows, settings: TableSettings) -> Mapped:
    """Read, map and clean the rows of a table.

    Raises:
        DataProblem: the files cannot be read.
    """
    with reading(source.where, source.table.name, source.texts):
        counted = dict(database.execute(rows.count).fetchall())
        found = _collected(database, source, rows, counted.get(None, 0))
        lines = rejected(database, source)
    codes, hashes = _taken(found, "problem", np.int16), _taken(found, "row_hash", np.uint64)
    raw = {name: _key(found.pop(name)) for name in [*found] if "." in name}  # one column at a time is held twice
    for part in coded_apart(source, settings).values() if hashes.size else ():
        mix_in(hashes, raw[part].codes)
    mapped = Mapped(
        declared=source.table,
        keys={},
        flat={name: column.to_arrow() for name, column in found.items() if not isinstance(column, Texts)},
        hashes=hashes,
        verdict=Verdict(codes, tuple(rows.problems)),
        lines=lines,
        excluded={name: counted.get(index, 0) for index, name in enumerate(rows.rules)},
    )
    delivered = _keys(raw, mapped, settings)
    keys, renamed = _by_now(delivered, source.newer_ids)
    asked = source.table.added or isinstance(settings, OrderLines)
    accounts = delivered["customer_id"] if renamed is not None and asked else None
    keys = _order_keys(keys, mapped, settings) if isinstance(settings, OrderLines) else keys
    return replace(mapped, keys=keys, renamed=renamed, accounts=accounts)


def _collected(
    database: duckdb.DuckDBPyConnection, source: Source, rows: Rows, count: int
) -> dict[str, Flat | Texts | Listed]:
    """Every column of the rows, of about `count` rows; what is stored as dictionaries is read as it is stored."""
    keep_freed_memory()
    stored = {**stored_texts(database, source, rows)}
    others = {name: sql for name, sql in rows.columns.items() if name not in stored}
    found = _queried(database, replace(rows, columns=others), count)
    if any(len(column) != found["problem"].done for column in stored.values()):  # a file changed in between
        return _queried(database, rows, count)
    for name in [*stored]:
        found[name] = Texts.of(stored.pop(name))
    return {name: found[name] for name in (*rows.columns, "problem")}


def _queried(database: duckdb.DuckDBPyConnection, rows: Rows, count: int) -> dict[str, Flat | Texts | Listed]:
    """Every column of the query, of about `count` rows."""
    reader = database.sql(rows.select).to_arrow_reader(BATCH)
    found: dict[str, Flat | Texts | Listed] = {
        field.name: Flat(field.type, count, OTHERWISE[field.name])
        if field.name in OTHERWISE
        else collector(field.name, field.type, count)
        for field in reader.schema
    }
    for batch in reader:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            found[name].add(column)
    return found


def _taken(found: dict[str, Flat | Texts | Listed], name: str, kind: type[Any]) -> npt.NDArray[Any]:
    """The values of a column that is no column of the table, (n,), which is taken away; empty without it."""
    column = found.pop(name, None)
    return column.values.astype(kind, copy=False) if isinstance(column, Flat) else np.empty(0, dtype=kind)


def _key(column: Flat | Texts | Listed) -> Key:
    """A raw part of a key."""
    return column.key() if isinstance(column, Texts) else encoded(column.to_arrow())


def _keys(raw: dict[str, Key], mapped: Mapped, settings: TableSettings) -> dict[str, Key]:
    """Keys and texts, cleaned as configured, the user's words for choices as ours."""
    names = dict.fromkeys(name.split(".")[0] for name in raw)
    keys = {name: cleaned([key for part, key in raw.items() if part.split(".")[0] == name]) for name in names}
    for name in settings.uppercase:
        if name in keys:
            keys[name] = in_capitals(keys[name])
    for column in mapped.declared.columns:
        if column.kind == "text" and column.name in keys:
            keys[column.name] = printable(keys[column.name])
        if column.choices and column.name in keys:
            keys[column.name] = in_our_words(keys[column.name], column.choices, settings.meanings.get(column.name, {}))
    return keys


def _by_now(keys: dict[str, Key], newer: NewerIds | None) -> tuple[dict[str, Key], Mask | None]:
    """The keys with the ids that customers are known by now, and the rows (n,) where these are others."""
    if newer is None or "customer_id" not in keys:
        return keys, None
    customer = keys["customer_id"]
    return keys | {"customer_id": newer.of(customer)}, newer.replaced(customer)


def _order_keys(keys: dict[str, Key], mapped: Mapped, settings: OrderLines) -> dict[str, Key]:
    """The keys without what is no product; without a mapped order an order is a customer's day."""
    rule = settings.not_products
    if "product_id" in keys and rule.how == "keep_amount":
        product = without(keys["product_id"], rule.values, rule.prefixes, ignore_case=rule.ignore_case)
        keys = keys | {"product_id": product}
    if "order_id" in keys:
        return keys
    days = cleaned([encoded(mapped.flat["ordered_on"].dictionary_encode())])
    return keys | {"order_id": joined(keys["customer_id"], days)}
