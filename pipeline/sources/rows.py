"""The mapped rows as one query: what is read of each row, which rule leaves it out, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from features.history import ORDER_LINES
from features.table_declaration import Column
from pipeline.settings.history import TableSettings, read_from
from pipeline.sources.files import Source
from pipeline.sources.mapping import Span, date_literal, held_values, in_range, key_parts, parsed_values, row_hash
from pipeline.sources.rules import left_out_rules
from pipeline.sources.sql import family, flag, present
from pipeline.sources.words import holds_nothing

WORD = {"date": "date", "number": "number", "money": "number", "flag": "yes or a no"}
NEVER_BROKEN = {
    "date": ("date", "timestamp", "zoned"),
    "number": ("number",),
    "money": ("number",),
    "flag": ("flag",),
}
"""The families whose values can always be read as a kind of column: a check would cost time and find nothing."""
BREAKS = {
    "after": ("<=", "is not after"),
    "not before": ("<", "is before"),
    "at least": ("<", "is less than"),
    "at most": (">", "is more than"),
}
"""What breaks a rule between two columns: as SQL, and in words."""


@dataclass(frozen=True)
class Rows:
    """The mapped rows of one table as SQL over its scan, always in the order of the files.

    `columns`: mapped column -> expression; keys are raw parts named `<column>.<n>`. `rules`: name -> whether the
    row is left out. `problems`: reason -> whether the row is broken; the first that holds is the row's reason.
    """

    scan: str
    columns: dict[str, str]
    rules: dict[str, str]
    problems: dict[str, str]

    @property
    def kept(self) -> str:
        """The FROM and WHERE of the rows that no rule leaves out."""
        return f"FROM {self.scan} WHERE NOT ({' OR '.join(self.rules.values()) or 'false'})"

    @property
    def select(self) -> str:
        """The mapped columns and `problem`, an index into `problems` or null."""
        columns = ", ".join(f'{sql} AS "{name}"' for name, sql in self.columns.items())
        return f"SELECT {columns}, {_first(self.problems)} AS problem {self.kept}"

    @property
    def count(self) -> str:
        """Rows per rule that leaves them out first; null for the rows kept."""
        return f"SELECT {_first(self.rules)} AS rule, count(*) FROM {self.scan} GROUP BY 1"


def compose(source: Source, settings: TableSettings, zone: str, span: Span) -> Rows:
    """The query for a table.

    Raises:
        DataProblem: a mapped column is missing or of a type that cannot serve.
    """
    values = parsed_values(source, settings, zone)
    return Rows(
        scan=source.scan,
        columns=dict(key_parts(source, settings))
        | dict(held_values(source, values, settings, span))
        | dict(row_hash(source, settings)),
        rules=dict(left_out_rules(source, settings, values, span)),
        problems=dict(_problems(source, settings, values, span)),
    )


def _first(tests: dict[str, str]) -> str:
    whens = " ".join(f"WHEN {sql} THEN {index}" for index, sql in enumerate(tests.values()))
    return f"CAST(CASE {whens or 'WHEN false THEN 0'} END AS TINYINT)"


def _problems(source: Source, settings: TableSettings, values: dict[str, str], span: Span) -> Iterator[tuple[str, str]]:
    for name, sql in values.items():
        column = source.table.by_name[name]
        mapped = settings.mapped.get(name, [])
        columns = read_from(mapped)
        written = " AND ".join(present(source, each) for each in columns)
        nothing = holds_nothing(source, settings, name)
        written = f"{written} AND NOT ({nothing})" if nothing else written
        if column.required or name == source.table.happened:
            yield f"{name} is missing", f"NOT ({written})"
        if not all(family(source.types[each]) in NEVER_BROKEN[column.kind] for each in columns):
            marked = source.table is ORDER_LINES and column.kind == "flag"  # never null: nothing said is no return
            unread = flag(source, columns[0], f"{source.setting}.columns.{name}") if marked else sql
            yield f"{name} is not a {WORD[column.kind]}", f"({written}) AND {unread} IS NULL"
        yield from _bounds(column, sql, span)
    for rule in source.table.rules:
        if rule.left in values and rule.right in values and rule.otherwise == "quarantine":
            sign, words = BREAKS[rule.must]
            yield f"{rule.left} {words} {rule.right}", f"{values[rule.left]} {sign} {values[rule.right]}"


def _bounds(column: Column, sql: str, span: Span) -> Iterator[tuple[str, str]]:
    name, last = column.name, span.last(column)
    if column.kind == "date":
        yield f"{name} is before {span.earliest}", f"{sql} < {date_literal(span.earliest)}"
        yield f"{name} is in the future, after {last}", f"{sql} > {date_literal(last)}"
    elif column.kind in ("number", "money"):
        yield f"{name} is not finite or too large", f"NOT ({in_range(sql)})"
    held = f"{sql} * 100" if column.kind == "money" else sql
    if column.lowest is not None:
        yield f"{name} is below {column.lowest:g}", f"{held} < {column.lowest!r}"
    if column.highest is not None:
        yield f"{name} is above {column.highest:g}", f"{held} > {column.highest!r}"
