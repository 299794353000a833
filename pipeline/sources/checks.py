"""What stops a reading: a column nobody can read, two currencies, no rows, or too many broken ones."""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import numpy as np

from features.errors import DataProblem
from features.history import ORDER_LINES
from features.table_declaration import Table
from pipeline.config import Config
from pipeline.settings.history import TableSettings, read_from
from pipeline.sources.account import Account
from pipeline.sources.dates import look_counted
from pipeline.sources.files import Source
from pipeline.sources.keys import Key, Mask
from pipeline.sources.unread import NUMBERS, counted, first_form, forms, hint

WRITTEN = {
    "date": ", or set date_format in [{}]",
    "number": f", or set {NUMBERS} in [{{}}]",
    "yes or a no": "; read are yes, y, true, t, 1 and no, n, false, f, 0",
}
"""What to set where no value of a column can be read, by what it was to be read as."""
WORDLESS = ("date", "number")
"""What the order lines have in figures alone."""
AS_IN_EXCEL = 'set date_format = "excel" in [{}]'


def check_columns(
    database: duckdb.DuckDBPyConnection,
    source: Source,
    settings: TableSettings,
    account: Account,
    unread: Collection[str],
) -> None:
    """Refuse a mapped column none of whose values could be read; `unread` are those without a value in any row.

    Raises:
        DataProblem: a column holds text throughout where dates or numbers are expected.
    """
    for reason, rows in account.quarantined.items():
        name, _, word = reason.partition(" is not a ")
        if not word or (name not in unread and rows < account.rows_in):  # a flag of returns is never null
            continue
        columns = read_from(settings.mapped[name])
        shapes = (f"{source.types[each]} of the form {first_form(database, source, each)}" for each in columns)
        raise DataProblem(
            f"No value of the column {' times '.join(map(repr, columns))} can be read as a {word}.",
            where=f"{source.where}, setting {source.setting}.columns.{name}",
            got=" and ".join(shapes) + " (9: a digit, a: a letter)",
            expected="ISO dates, or the form in date_format" if word == "date" else f"a {word} in every row",
            todo="map another column" + _how_written(database, source, columns, word) + _in_words(source, name, word),
        )


def _how_written(database: duckdb.DuckDBPyConnection, source: Source, columns: list[str], word: str) -> str:
    """What to set where no value of a column can be read as what `word` says."""
    if word == "date" and look_counted(database, source.scan, columns[0]):
        return f"; or, as these look like days as a spreadsheet counts them, {AS_IN_EXCEL.format(source.setting)}"
    return WRITTEN.get(word, "").format(source.setting)


def _in_words(source: Source, name: str, word: str) -> str:
    """Where to state what the words of a column stand for, if that can be stated."""
    if source.table is not ORDER_LINES:
        return f"; of words [{source.setting}.values.{name}] states what each stands for"
    return (
        "; of returns other words may be stated, in [history.order_lines.returns] when" if word not in WORDLESS else ""
    )


def check_dated(table: Table, settings: TableSettings) -> None:
    """Refuse values that hold today as if they had held ever since.

    Raises:
        DataProblem: columns of a table of validity periods are neither dated nor declared static.
    """
    if table.periods is None or table.happened in settings.mapped:
        return
    static = set(getattr(settings, "static", ()))
    learned = [name for name in table.attributes if not table.by_name[name].shown]
    undated = [name for name in learned if name in settings.mapped and name not in static]
    if undated:
        raise DataProblem(
            "Columns of today's values would leak the future into the past.",
            where=f"{settings.path}, setting history.{table.name}.columns",
            got=f"{', '.join(undated)} without {table.happened}",
            expected=f"the first day of every value mapped to {table.happened}, or values that never change",
            todo=f"map {table.happened}; or list in history.{table.name}.static what does not change, or whose change "
            "tells nothing; or leave the columns out",
        )


def _apart(share: float, limit: float) -> tuple[str, str]:
    """A share and its limit in percent, with as many digits as tell them apart."""
    written = [(f"{share:.{places}%}", f"{limit:.{places}%}") for places in range(1, 5)]
    return next((each for each in written if each[0] != each[1]), written[0])


def check_account(database: duckdb.DuckDBPyConnection, source: Source, account: Account, config: Config) -> None:
    """Refuse a reading of which nothing is left, or too much is broken.

    Of an optional table nothing may be left: it may begin later than the day that is looked back at.

    Raises:
        DataProblem: no order line is left, or the share of quarantined rows is beyond `history.max_quarantined_share`.
    """
    limit, ours = config.history.max_quarantined_share, source.table is ORDER_LINES
    if account.rows_quarantined and (account.quarantined_share > limit or not account.rows_used):
        share, most = _apart(account.quarantined_share, limit)
        counts = sorted(account.quarantined.items(), key=lambda item: -item[1])
        advice = hint(source, account, counted(database, source, config, account, counts[0][0]))
        raise DataProblem(
            f"Too many {'order lines' if ours else f'rows of the table {account.table}'} break the contract.",
            where=source.where,
            got=f"{account.rows_quarantined:,} of {account.rows_in:,} rows ({share}): "
            + "; ".join(
                f"{rows:,} {reason}{forms(database, source, config, account, reason)}" for reason, rows in counts
            ),
            expected=f"at most {most} (setting history.max_quarantined_share)",
            todo=f"look at {account.quarantine}, then correct the delivery or the mapping{advice}",
        )
    if ours and not account.rows_used:
        left = "; ".join(f"{rows:,} left out: {rule}" for rule, rows in account.excluded.items() if rows)
        raise DataProblem(
            "There are no order lines.",
            where=source.where,
            got=f"{account.rows_read:,} rows read" + (f"; {left}" if left else ""),
            expected="at least one order line",
            todo="check the path and the filters of [history.order_lines]",
        )


def check_currency(source: Source, currency: Key | None, used: Mask, stated: str) -> str:
    """The one currency of the rows `used` (n,), or the one `stated` where no column says.

    Raises:
        DataProblem: there are several, or another one than that of the configuration or of the tables before.
    """
    there = None if currency is None else currency.taken(used)
    if there is None or not there.codes.size:
        return stated
    found = sorted(there.values.to_pylist())
    unnamed = int(np.count_nonzero(there.codes < 0))
    if len(found) == 1 and not unnamed and stated.upper() in ("", found[0]):
        return str(found[0])
    raise DataProblem(
        "The amounts are not all in one currency.",
        where=f"{source.where}, setting {source.setting}.columns.currency",
        got=", ".join(found[:10]) + (f", and {unnamed:,} rows without one" if unnamed else ""),
        expected=f"{stated}, as in the rest of the history" if stated else "one currency in every row",
        todo='keep one with a filter: {name = "euro only", keep = [{column = "...", equals = "EUR"}]}',
    )
