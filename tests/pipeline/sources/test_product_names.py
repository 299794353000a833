"""What a product is called: what it was last called, whatever the order of rows; its code alone where nobody says."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.product_names import Products

Row = tuple[str | None, str | None, int]
"""Product, name, day."""
ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y", None]), st.integers(0, 3)))


def lines(rows: list[Row], *, named: bool = True) -> pa.Table:
    product, name, day = zip(*rows, strict=True) if rows else ((), (), ())
    columns = {
        "product_id": pa.array(product, pa.string()).dictionary_encode(),
        "product_name": pa.array(name, pa.string()).dictionary_encode(),
        "ordered_on": pa.array([date(2024, 1, 1) + timedelta(days=days) for days in day], pa.date32()),
    }
    return pa.table(columns if named else {key: columns[key] for key in ("product_id", "ordered_on")})


def called(rows: list[Row], *, named: bool = True) -> dict[str | None, str | None]:
    found = Products.of(lines(rows, named=named))
    assert found is not None
    return dict(zip(found.codes, found.titles, strict=True))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("22423", "cake stand", 1)], "22423 cake stand"),
        ([("22423", "cake stand", 1), ("22423", "CAKE STAND", 2)], "22423 CAKE STAND"),
        ([("22423", "stand", 1), ("22423", "cake", 1)], "22423 cake"),
        ([("22423", "cake stand", 1), ("22423", None, 2)], "22423 cake stand"),
        ([("22423", None, 1)], "22423"),
    ],
    ids=["named", "named anew", "two names on a day", "its last line without a name", "never named"],
)
def test_what_a_product_is_called(rows: list[Row], expected: str) -> None:
    assert called(rows)["22423"] == expected


def test_what_is_no_product_is_called_nothing_whatever_name_it_has() -> None:
    assert called([(None, "postage", 1), ("22423", "cake stand", 1)]) == {None: None, "22423": "22423 cake stand"}


def test_without_names_codes_stand_for_products() -> None:
    assert called([("a", None, 1), ("b", None, 2)], named=False) == {"a": "a", "b": "b"}


def test_without_products_nothing_is_called_anything() -> None:
    assert Products.of(lines([("a", "x", 1)]).drop_columns("product_id")) is None and Products.of(lines([])) is None


@given(ROWS)
def test_names_are_what_plain_python_finds(rows: list[Row]) -> None:
    if not rows:
        return
    expected: dict[str | None, str | None] = {None: None} if any(row[0] is None for row in rows) else {}
    for product in {row[0] for row in rows} - {None}:
        names = sorted((-day, name) for code, name, day in rows if code == product and name is not None)
        expected[product] = f"{product} {names[0][1]}" if names else product
    assert called(rows) == expected == called(rows[::-1])
