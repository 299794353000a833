"""What stops a reading: a column nobody can read, two currencies, no rows, or too many broken ones."""

from __future__ import annotations

import duckdb
import numpy as np

from features.errors import DataProblem
from pipeline.config import Config
from pipeline.settings_history import OrderLines
from pipeline.sources_account import Account
from pipeline.sources_database import quoted
from pipeline.sources_files import Source
from pipeline.sources_keys import Key, Mask
from pipeline.sources_mapping import SETTING, read_from

SHAPE = "regexp_replace(regexp_replace(left(CAST({0} AS VARCHAR), 40), '[0-9]', '9', 'g'), '\\p{{L}}', 'a', 'g')"
"""The form of a value without the value: 31.12.2024 is 99.99.9999."""


def check_columns(database: duckdb.DuckDBPyConnection, source: Source, settings: OrderLines, account: Account) -> None:
    """Refuse a mapped column none of whose values could be read.

    Raises:
        DataProblem: a column holds text throughout where dates or numbers are expected.
    """
    for reason, rows in account.quarantined.items():
        name, _, word = reason.partition(" is not a ")
        if not word or account.missing.get(name, account.rows_used) < account.rows_used:
            continue
        column = read_from(getattr(settings.columns, name))[0]
        form = f"SELECT {SHAPE.format(quoted(column))} FROM {source.scan} WHERE {quoted(column)} IS NOT NULL LIMIT 1"
        shown = (database.execute(form).fetchone() or ("nothing",))[0]
        raise DataProblem(
            f"No value of the column {column!r} can be read as a {word}.",
            where=f"{source.where}, setting {SETTING}.{name}",
            got=f"{source.types[column]} in all {rows:,} rows, of the form {shown} (9: a digit, a: a letter)",
            expected="ISO dates, or the form in date_format" if word == "date" else f"a {word} in every row",
            todo="map another column, or set date_format, decimal and thousands in [history.order_lines]",
        )


def check_account(account: Account, config: Config) -> None:
    """Refuse a reading of which nothing is left, or too much is broken.

    Raises:
        DataProblem: no row is left, or the share of quarantined rows is beyond `history.max_quarantined_share`.
    """
    limit = config.history.max_quarantined_share
    if account.rows_quarantined and (account.quarantined_share > limit or not account.rows_used):
        counts = sorted(account.quarantined.items(), key=lambda item: -item[1])
        raise DataProblem(
            "Too many order lines break the contract.",
            where=config.history.order_lines.path,
            got=f"{account.rows_quarantined:,} of {account.rows_in:,} rows ({account.quarantined_share:.1%}): "
            + "; ".join(f"{rows:,} {reason}" for reason, rows in counts),
            expected=f"at most {limit:.1%} (setting history.max_quarantined_share)",
            todo=f"look at {account.quarantine}, then correct the delivery or the mapping",
        )
    if not account.rows_used:
        left = "; ".join(f"{rows:,} left out: {rule}" for rule, rows in account.excluded.items() if rows)
        raise DataProblem(
            "There are no order lines.",
            where=config.history.order_lines.path,
            got=f"{account.rows_read:,} rows read" + (f"; {left}" if left else ""),
            expected="at least one order line",
            todo="check the path and the filters of [history.order_lines]",
        )


def check_currency(currency: Key | None, used: Mask, config: Config) -> str:
    """The one currency of the rows `used` (n,), or the configured one where no column says.

    Raises:
        DataProblem: there are several, or another one than configured.
    """
    stated = config.history.currency
    if currency is None:
        return stated
    there = currency.taken(used)
    found = sorted(there.values.to_pylist())
    unnamed = int(np.count_nonzero(there.codes < 0))
    if len(found) == 1 and not unnamed and stated.upper() in ("", found[0]):
        return str(found[0])
    raise DataProblem(
        "The amounts are not all in one currency.",
        where=f"{config.history.order_lines.path}, setting {SETTING}.currency",
        got=", ".join(found[:10]) + (f", and {unnamed:,} rows without one" if unnamed else ""),
        expected=stated or "one currency in every row",
        todo='keep one with a filter: {name = "euro only", keep = [{column = "...", equals = "EUR"}]}',
    )
