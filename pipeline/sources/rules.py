"""Which rows a rule leaves out, as SQL: filters, what is no product, returns, and what was not known in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from features.history import Table
from pipeline.settings.history import TableSettings, read_from
from pipeline.settings.tables import OrderLines
from pipeline.sources.database import literal
from pipeline.sources.files import Source
from pipeline.sources.mapping import Span, date_literal
from pipeline.sources.sql import left_out, text


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
    codes, parts = settings.not_products, read_from(settings.columns.product_id or [])
    code, values, prefixes = " || '|' || ".join(text(source, part) for part in parts), codes.values, codes.prefixes
    if codes.ignore_case:
        code = f"upper({code})"
        values, prefixes = ([each.upper() for each in texts] for texts in (values, prefixes))
    tests = [f"{code} = {literal(value)}" for value in values]
    tests += [f"starts_with({code}, {literal(prefix)})" for prefix in prefixes]
    return f"coalesce({' OR '.join(tests) or 'false'}, false)"
