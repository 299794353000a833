"""Currencies that stand beside the amounts themselves: taking off `USD` and `EUR` alike would add dollars to euros."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from features.errors import DataProblem
from pipeline.settings.history import TableSettings, read_from
from pipeline.sources.database import reading
from pipeline.sources.files import Source
from pipeline.sources.numbers import without_units
from pipeline.sources.sql import family, text

TRADED = """
    AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNH CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW KWD KZT
    LKR MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU VND ZAR
"""
CODES = frozenset(TRADED.split())
"""Currencies of trade, ISO 4217. A code that is missing here is a unit like any other, and no currency."""
DOLLARS = frozenset({"ARS", "AUD", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "USD", "UYU"})
"""What is written `$` at home: dollars, and the pesos of Latin America."""
SIGNS = {
    "$": DOLLARS,
    "US$": frozenset({"USD"}),
    "€": frozenset({"EUR"}),
    "EURO": frozenset({"EUR"}),
    "£": frozenset({"GBP", "EGP"}),
    "¥": frozenset({"CNY", "CNH", "JPY"}),
    "￥": frozenset({"CNY", "CNH", "JPY"}),
    "RMB": frozenset({"CNY", "CNH"}),
    "元": frozenset({"CNY", "CNH", "HKD", "TWD"}),
}
"""What a sign may stand for: `$` and `USD` beside each other are no two currencies, `$` and `EUR` are."""
Currencies = frozenset[str]


def meant(unit: str) -> Currencies:
    """The currencies that a unit may stand for; none for `pcs`."""
    name = unit.upper()
    return SIGNS.get(name, frozenset({name} & CODES))


def check_written_currencies(
    database: duckdb.DuckDBPyConnection, source: Source, settings: TableSettings, kept: str, stated: str
) -> None:
    """Refuse amounts whose units are of several currencies, or of another one than is `stated` (empty: none is).

    Only units that are taken off by `units` are looked at, and only where these could be of several currencies.

    Args:
        database: to ask.
        source: the table.
        settings: of the table.
        kept: the FROM and WHERE of the rows that no rule leaves out.
        stated: the currency that the amounts have to be in.

    Raises:
        DataProblem: no one currency could be meant by all units that occur, and by what is stated.
    """
    named = [unit for unit in settings.units if meant(unit)]
    known, expected = meant(stated), f"{stated}, as in the rest of the history"
    if _in_common(named, known):
        return
    money = {column.name for column in source.table.columns if column.kind == "money"} & {*settings.mapped}
    for name, column in ((each, column) for each in sorted(money) for column in read_from(settings.mapped[each])):
        if family(source.types[column]) == "text":
            found = _rows_with(database, source, column, named, kept)
            if found and not _in_common(found, known):
                raise _several(source, name, column, found, expected if known else "one currency in every row")
            if found:  # a cost in another currency than what is paid would make a margin of both
                expected = expected if known else f"the currency of the column {column!r}, as in the rest of the table"
                known = frozenset.intersection(*map(meant, found), *([known] if known else []))


def _in_common(units: Iterable[str], known: Currencies) -> bool:
    """Whether one currency could be meant by all of them, and is the one known, if one is."""
    groups = [meant(unit) for unit in units] + ([known] if known else [])
    return not groups or bool(frozenset.intersection(*groups))


def _rows_with(
    database: duckdb.DuckDBPyConnection, source: Source, column: str, units: list[str], kept: str
) -> dict[str, int]:
    """How many of the rows kept have each unit at their amount; those that none has are left out."""
    plain = text(source, column)
    counts = ", ".join(f"count(*) FILTER ({without_units(plain, [unit])} <> {plain})" for unit in units)
    with reading(source.where, source.table.name, source.texts):
        found = database.execute(f"SELECT {counts} {kept}").fetchone() or ()
    return {unit: rows for unit, rows in zip(units, found, strict=False) if rows}


def _several(source: Source, name: str, column: str, found: dict[str, int], expected: str) -> DataProblem:
    most, todo = max(found, key=lambda unit: found[unit]), "have all amounts delivered in one currency"
    if len(found) > 1:
        kept = f'{{name = "{most} only", keep = [{{column = "{column}", prefix = "{most}"}}]}}'
        todo += f"; where it stands before the amount, a filter keeps those in one: {kept}"
    return DataProblem(
        "The amounts are not all in one currency.",
        where=f"{source.where}, setting {source.setting}.columns.{name}",
        got=f"in the column {column!r} " + ", ".join(f"{rows:,} rows with {unit}" for unit, rows in found.items()),
        expected=expected,
        todo=todo,
    )
