"""What a feature is said to need is what it cannot be computed without, table by table and column by column."""

from dataclasses import replace

import pytest
from histories import EVERYTHING, busy_supplier, tables_of, to_history

from features.catalogue import FEATURES, computable
from features.engine.store import LineStore
from features.history import OPTIONAL_TABLES, ORDER_LINES, TABLES, History
from features.needs import needs

WITHOUT_FEATURES = {"is_return", "known_on", "valid_from", "valid_to", "name", "product_name", "source"}
OPTIONAL = [
    f"{table.name}.{column.name}"
    for table in TABLES.values()
    for column in table.columns
    if not column.required and column.name not in WITHOUT_FEATURES
]


@pytest.fixture(scope="module")
def history() -> History:
    lines = busy_supplier(customers=3)
    return to_history(lines, EVERYTHING, tables_of(lines))


def without(history: History, need: str) -> History:
    """The history of a supplier that lacks a table or a column."""
    table, _, column = need.partition(".")
    if table == ORDER_LINES.name:
        return replace(history, order_lines=history.order_lines.drop_columns([column]))
    others = {name: rows for name, rows in history.optional.items() if name != table}
    rows = history.optional[table]
    lacking = {table: rows.drop_columns([column])} if column in rows.column_names else {}
    return replace(history, optional=others | (lacking if column else {}))


@pytest.mark.parametrize("need", [table.name for table in OPTIONAL_TABLES] + OPTIONAL)
def test_without_it_just_those_that_need_it_cannot_be_computed(history: History, need: str) -> None:
    left = {feature.name for feature in computable(LineStore.from_history(without(history, need)))}
    wanting = {f.name for f in FEATURES if need in needs(f) or need in {each.partition(".")[0] for each in needs(f)}}
    assert {feature.name for feature in FEATURES} - left == wanting


def test_order_lines_alone_are_named_where_nothing_else_is_needed() -> None:
    assert {needs(feature) for feature in FEATURES if feature.name in ("orders_90d", "gap_mean")} == {("order_lines",)}
