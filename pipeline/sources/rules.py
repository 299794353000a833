"""Which rows a rule leaves out, as SQL: filters, what is no product, returns, and what was not known in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from features.table_declaration import Table
from pipeline.settings.history import TableSettings, read_from
from pipeline.settings.tables import OrderLines
from pipeline.sources.database import literal
from pipeline.sources.files import Source
from pipeline.sources.mapping import Span, date_literal
from pipeline.sources.sql import left_out, written


def left_out_rules(
    source: Source, settings: TableSettings, values: dict[str, str], span: Span
) -> Iterator[tuple[str, str]]:
    """The rules by name: those configured, those of the order lines, and what was not known yet. Never null."""
    for index, rule in enumerate(settings.filters, start=1):
        yield rule.name, left_out(source, rule, f"{source.setting}.filters[{index}]")
    if isinstance(settings, OrderLines):
        yield from _order_rules(source, settings, values)
    if span.known_before:
        yield f"not known before {span.known_before}", _known_late(source.table, values, span.known_before)


def _order_rules(source: Source, settings: OrderLines, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    if settings.not_products.how == "remove" and settings.columns.product_id:
        yield "not a product", _not_product(source, settings)
    if settings.returns.how == "remove":
        negative = [f"{values[name]} < 0" for name in ("net_amount", "quantity") if name in values]
        back = [values["is_return"]] if "is_return" in values else []
        yield "returns", f"coalesce({' OR '.join(back + negative) or 'false'}, false)"


def _known_late(table: Table, values: dict[str, str], day: date) -> str:
    """Whether a row was not known before a day: never null, a row without dates was always known."""
    seen = [values[name] for name in table.seen or (table.happened,) if name in values]
    first = f"least({', '.join(seen)})" if len(seen) > 1 else "".join(seen)
    dates = [f"date_trunc('month', {first}) + INTERVAL 1 MONTH" if table.monthly else first] if first else []
    if table.known in values and table.known != table.happened:
        dates.append(values[table.known])
    return f"coalesce({' OR '.join(f'{sql} >= {date_literal(day)}' for sql in dates) or 'false'}, false)"


def _not_product(source: Source, settings: OrderLines) -> str:
    """Whether the product is none, as `pipeline.sources.keys.without` says of the key that the same columns make."""
    codes, parts = settings.not_products, read_from(settings.columns.product_id or [])
    code = " || '|' || ".join(_part(source, part, at, len(parts)) for at, part in enumerate(parts))
    code = _capitals(code) if "product_id" in settings.uppercase else code
    fold = _capitals if codes.ignore_case else str
    tests = [f"{fold(code)} = {fold(literal(value))}" for value in codes.values]
    tests += [f"starts_with({fold(code)}, {fold(literal(prefix))})" for prefix in codes.prefixes]
    return f"coalesce({' OR '.join(tests) or 'false'}, false)"


def _part(source: Source, column: str, at: int, parts: int) -> str:
    """A column as a part of a key, as `pipeline.sources.keys.cleaned` writes it: 13085.0 is 13085."""
    plain = written(source, column)
    escaped = f"replace({plain}, '|', '||')" if parts > 1 else plain
    return f"regexp_replace({escaped}, '^\\|', ' |')" if at else escaped


def _capitals(sql: str) -> str:
    """A text in capitals, as `pipeline.sources.keys.capitals` writes them."""
    return f"replace(upper({sql}), 'ẞ', 'SS')"
