"""The mapped rows as one query: what is read of each row, which rule leaves it out, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from features.history import ORDER_LINES
from pipeline.settings_history import OrderLines
from pipeline.sources_database import literal
from pipeline.sources_files import Source
from pipeline.sources_mapping import (
    SETTING,
    Span,
    as_parts,
    date_literal,
    held_values,
    in_range,
    key_parts,
    parsed_values,
    read_from,
    row_hash,
)
from pipeline.sources_sql import family, flag, left_out, present, text

WORD = {"date": "date", "number": "number", "money": "number", "flag": "yes or a no"}
NEVER_BROKEN = {
    "date": ("date", "timestamp", "zoned"),
    "number": ("number",),
    "money": ("number",),
    "flag": ("flag",),
}
"""The families whose values can always be read as a kind of column: a check would cost time and find nothing."""


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


def compose(source: Source, settings: OrderLines, zone: str, span: Span) -> Rows:
    """The query for the order lines.

    Raises:
        DataProblem: a mapped column is missing or of a type that cannot serve.
    """
    values = parsed_values(source, settings, zone)
    return Rows(
        scan=source.scan,
        columns=dict(key_parts(source, settings))
        | dict(held_values(values, settings, span))
        | dict(row_hash(source, settings)),
        rules=dict(_rules(source, settings, values, span)),
        problems=dict(_problems(source, settings, values, span)),
    )


def _first(tests: dict[str, str]) -> str:
    whens = " ".join(f"WHEN {sql} THEN {index}" for index, sql in enumerate(tests.values()))
    return f"CAST(CASE {whens or 'WHEN false THEN 0'} END AS TINYINT)"


def _rules(source: Source, settings: OrderLines, values: dict[str, str], span: Span) -> Iterator[tuple[str, str]]:
    for index, rule in enumerate(settings.filters, start=1):
        yield rule.name, left_out(source, rule, f"history.order_lines.filters[{index}]")
    if settings.not_products.how == "remove" and settings.columns.product_id:
        yield "not a product", _not_product(source, settings)
    if settings.returns.how == "remove":
        negative = [f"{values[name]} < 0" for name in ("net_amount", "quantity") if name in values]
        back = [values["is_return"]] if "is_return" in values else []
        yield "returns", f"coalesce({' OR '.join(back + negative) or 'false'}, false)"
    if span.known_before:
        known = [values[name] for name in ("ordered_on", "known_on") if name in values]
        late = " OR ".join(f"{sql} >= {date_literal(span.known_before)}" for sql in known)
        yield f"not known before {span.known_before}", f"coalesce({late}, false)"


def _not_product(source: Source, settings: OrderLines) -> str:
    codes, parts = settings.not_products, as_parts(settings.columns.product_id or [])
    code, values, prefixes = " || '|' || ".join(text(source, part) for part in parts), codes.values, codes.prefixes
    if codes.ignore_case:
        code = f"upper({code})"
        values, prefixes = ([each.upper() for each in texts] for texts in (values, prefixes))
    tests = [f"{code} = {literal(value)}" for value in values]
    tests += [f"starts_with({code}, {literal(prefix)})" for prefix in prefixes]
    return f"coalesce({' OR '.join(tests) or 'false'}, false)"


def _problems(source: Source, settings: OrderLines, values: dict[str, str], span: Span) -> Iterator[tuple[str, str]]:
    for name, sql in values.items():
        mapped, kind = getattr(settings.columns, name), ORDER_LINES.by_name[name].kind
        columns = read_from(mapped)
        written = " AND ".join(present(source, column) for column in columns)
        readable = all(family(source.types[column]) in NEVER_BROKEN[kind] for column in columns)
        if name == "ordered_on":
            yield "ordered_on is missing", f"NOT ({written})"
        if not readable:
            unread = flag(source, mapped, SETTING) if kind == "flag" else sql
            yield f"{name} is not a {WORD[kind]}", f"({written}) AND {unread} IS NULL"
        if kind == "date":
            yield f"{name} is before {span.earliest}", f"{sql} < {date_literal(span.earliest)}"
            yield f"{name} is in the future, after {span.latest}", f"{sql} > {date_literal(span.latest)}"
        elif kind != "flag":
            yield f"{name} is not finite or too large", f"NOT ({in_range(sql)})"
