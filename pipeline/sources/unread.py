"""Values that could not be read: what they look like, without telling them, and which setting would read them."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from features.history import ORDER_LINES
from pipeline.config import Config
from pipeline.settings.history import read_from
from pipeline.sources.account import Account
from pipeline.sources.contract import COPY
from pipeline.sources.database import identifier, literal, quoted
from pipeline.sources.dates import look_counted
from pipeline.sources.files import Source
from pipeline.sources.header import LIKELY
from pipeline.sources.quarantine import REASON, UNDECODED, beside
from pipeline.sources.sql import trimmed

WORDS_FOR_NOTHING = ("null", "na", "n/a", "#n/a", "nan", "none", "nil", "-", "--", "?", "(null)", "(blank)", "unknown")
"""What systems write where there is nothing, in small letters."""
MASKED = "regexp_replace(regexp_replace(left(CAST({0} AS VARCHAR), 40), '[0-9]', '9', 'g'), '\\p{{L}}', 'a', 'g')"
NO_DAY = "regexp_full_match(CAST({0} AS VARCHAR), '0[0 .:/T-]+')"
"""What SAP and MySQL write where there is no day: 00.00.0000, 0000-00-00."""
NOTHING = f"lower({trimmed('{0}')}) IN {WORDS_FOR_NOTHING} OR {NO_DAY}"
SHAPE = f"CASE WHEN {NOTHING} THEN CAST({{0}} AS VARCHAR) ELSE {MASKED} END"
"""The form of a value without the value: 31.12.2024 is 99.99.9999. Words for nothing are shown as they are."""
NUMBERS = "decimal, thousands and units"
"""The settings of how numbers are written."""
UNREAD = (" is not a ", " is none of ")
"""What reasons say of values that could not be read, behind the name of their column."""
FORMS = 3
"""Forms of values nobody could read that are shown."""
MOSTLY = 0.5
"""Share of the rows. Where a key is missing in more, the rows are no sums and texts between the others."""
FEWEST = 3
"""Rows with figures that could not be read, from which that is told of although the run goes on."""


def first_form(database: duckdb.DuckDBPyConnection, source: Source, column: str) -> str:
    """The form of the first value of a column there is."""
    form = f"SELECT {SHAPE.format(quoted(column))} FROM {source.scan} WHERE {quoted(column)} IS NOT NULL LIMIT 1"
    return str((database.execute(form).fetchone() or ("nothing",))[0])


def _unread_column(reason: str) -> str:
    """The history column of which a reason says that its values could not be read; "" of other reasons."""
    return next((name for part in UNREAD for name, found, _ in [reason.partition(part)] if found), "")


def forms(database: duckdb.DuckDBPyConnection, source: Source, config: Config, account: Account, reason: str) -> str:
    """Of values that could not be read, the commonest forms: " (of the form 9.999,99; NULL)"; "" of other reasons."""
    settings, name = config.history.table(source.table.name), _unread_column(reason)
    if settings is None or name not in settings.mapped:
        return ""
    shapes = (f"coalesce({SHAPE.format(quoted(part))}, 'nothing')" for part in read_from(settings.mapped[name]))
    rows = _put_aside(source, account, reason)
    counted = f"FROM {rows} GROUP BY form ORDER BY count(*) DESC, form LIMIT {FORMS}"
    found = database.execute(f"SELECT concat_ws(' and ', {', '.join(shapes)}) AS form {counted}").fetchall()
    return f" (of the form {'; '.join(str(row[0]) for row in found)})"


def counted(database: duckdb.DuckDBPyConnection, source: Source, config: Config, account: Account, reason: str) -> str:
    """What to do about days as a spreadsheet counts them among dates written out; "" where there are none."""
    settings, name = config.history.table(source.table.name), reason.partition(" is not a ")[0]
    if settings is None or name not in settings.mapped or not reason.endswith(" is not a date"):
        return ""
    rows = _put_aside(source, account, reason)
    if not look_counted(database, f"(SELECT * FROM {rows}) AS src", read_from(settings.mapped[name])[0]):
        return ""
    return "these look like days as a spreadsheet counts them: have the whole column shown as dates before it is saved"


def _put_aside(source: Source, account: Account, reason: str) -> str:
    """The rows put aside for a reason, as what follows FROM."""
    said = identifier(beside(REASON, source.types))
    return f"read_parquet({literal(str(account.quarantine))}) AS src WHERE {said} = {literal(reason)}"


def hint(source: Source, account: Account, days: str) -> str:
    """The settings that most often put the commonest reason right; `days` as `counted` has it."""
    reason = max(account.quarantined, key=lambda each: account.quarantined[each])
    mostly = len(source.files) == 1 and account.quarantined[reason] > MOSTLY * account.rows_in
    words = f"words for nothing belong into [{source.setting}.csv] null_values" if source.kind == "csv" else ""
    stated = _stated(source, _unread_column(reason))
    hints = {
        " is not a number": [f"{NUMBERS} in [{source.setting}] say how numbers are written", words, stated],
        " is not a date": [days or f"date_format in [{source.setting}] says how dates are written", words, stated],
        " is not a yes or a no": [stated],
        " is none of ": [stated, f"a filter of [{source.setting}] leaves out rows that are of no such kind"],
        " is in the future": [f"a filter of [{source.setting}] leaves out what is only planned"],
        " is missing": [
            "heads and lines of orders in different files have to be joined into one table first"
            if len(source.files) > 1
            else "",
            "where a cell holds for the rows below it too, have it written into each of them: without, they are lost; "
            "within an order fill_down in [history.order_lines] does it"
            if mostly
            else f"a filter of [{source.setting}] may leave such rows out, such as sums at the end: "
            '{name = "...", exclude = [{column = "...", is_null = true}]}',
        ],
        UNDECODED: [f"[{source.setting}.csv] encoding says how the text is written, such as {LIKELY}"],
        COPY: [
            f'in [{source.setting}] duplicates = "drop" where files overlap, "keep" where equal lines are no mistake'
        ],
    }
    found = next((hint for part, hint in hints.items() if part in reason), [])
    return "".join(f"; {hint}" for hint in found if hint)


def _stated(source: Source, column: str) -> str:
    """Where to state what the words of a column stand for; of order lines nowhere."""
    if source.table is ORDER_LINES:
        return ""
    return f'[{source.setting}.values.{column}] states what words stand for: "your word" = ours'


def unread_values(
    database: duckdb.DuckDBPyConnection, source: Source, config: Config, account: Account
) -> Iterator[str]:
    """One sentence for every column with figures that could not be read, in too few rows to stop the run.

    They are seldom lost by chance: it is the large amounts that have a sign before each three digits.
    """
    for reason, rows in account.quarantined.items():
        name, _, word = reason.partition(" is not a ")
        told = forms(database, source, config, account, reason) if word in ("number", "date") and rows >= FEWEST else ""
        if "9" not in told:
            continue
        setting = NUMBERS if word == "number" else "date_format"
        lost = "the largest amounts may be among them: " if name == "net_amount" else ""
        yield (
            f"{account.table}: {rows:,} rows are put aside because {reason}{told}; {lost}{setting} in "
            f"[{source.setting}] say{'s' if word == 'date' else ''} how it is written."
        )
