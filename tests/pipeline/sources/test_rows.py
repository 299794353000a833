"""Rules: which rows are left out, what is no product, and what is a return."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from suppliers import COLUMNS, column, configured, exclude, keep, lines

from features.errors import DataProblem
from pipeline.sources.history import read_history
from pipeline.sources.sql import WHITE

PRODUCTS = 'not_products = {values = ["post"], prefixes = ["GIFT_"]'
PIECES = 'column = "Pieces", range = {from = 2, before = 4}'
TWO = ('column = "Item", equals = "A"', 'column = "Pieces", equals = 2')
RULES = [
    (keep('column = "Item", equals = "A"'), ["A"], {"n": 4}),
    (keep('column = "Item", not_equals = "A"'), ["POST", "gift_1", "B", None], {"n": 1}),
    (keep('column = "Item", in = ["A", "B"]'), ["A", "B"], {"n": 3}),
    (keep('column = "Item", not_in = ["A", "B"]'), ["POST", "gift_1", None], {"n": 2}),
    (keep('column = "Item", prefix = "gi"'), ["gift_1"], {"n": 4}),
    (exclude('column = "Item", not_prefix = "gi"'), ["gift_1"], {"n": 4}),
    (keep('column = "Item", is_null = true'), [None], {"n": 4}),
    (keep('column = "Item", is_null = false'), ["A", "POST", "gift_1", "B"], {"n": 1}),
    (keep('column = "Pieces", equals = 2'), ["POST"], {"n": 4}),
    (keep(PIECES), ["POST", "gift_1"], {"n": 3}),
    (keep('column = "Date", range = {before = 2023-01-03}'), ["A", "POST"], {"n": 3}),
    (keep('column = "Date", range = {from = 2023-01-03T00:00:00}'), ["gift_1", "B", None], {"n": 2}),
    (keep('column = "Item", equals = "x\' OR 1=1 --"'), [], {"n": 5}),
    (exclude(*TWO), ["A", "POST", "gift_1", "B", None], {"n": 0}),
    (exclude(TWO[0], 'column = "Pieces", equals = 1'), ["POST", "gift_1", "B", None], {"n": 1}),
    (PRODUCTS + "}", ["A", None, None, "B", None], {}),
    (PRODUCTS + ', how = "remove"}', ["A", "B", None], {"not a product": 2}),
    (PRODUCTS + ", ignore_case = false}", ["A", "POST", "gift_1", "B", None], {}),
    ('uppercase = ["product_id"]', ["A", "POST", "GIFT_1", "B", None], {}),
]


@pytest.mark.parametrize(("rule", "products", "excluded"), RULES)
def test_rules_leave_rows_out_and_are_counted(
    tmp_path: Path, rule: str, products: list[str | None], excluded: dict[str, int]
) -> None:
    days = [f"2023-01-{day:02d}" for day in range(1, 6)]
    table = lines(1, 5, Item=["A", "POST", "gift_1", "B", None], Pieces=list("12345"), Date=days)
    if not products:
        with pytest.raises(DataProblem, match="5 left out"):
            read_history(configured(tmp_path, table, rule))
        return
    reading = read_history(configured(tmp_path, table, rule))
    assert column(reading, "product_id") == products
    assert reading.account.excluded == excluded


NO_PRODUCTS: list[tuple[list[object], str, str, int]] = [
    (["Maß", "MASS", "maẞ", "Mas"], 'values = ["Maß"]', "", 3),
    (["Gefäß 1", "GEFÄSS 2", "Gefäs"], 'prefixes = ["gefäß"]', "", 2),
    (["Maß", "MASS", "maß"], 'values = ["Maß"], ignore_case = false', "", 1),
    (["POST", "POST\t", "\nPOST ", "\u3000\tPOST", "PO ST", "POSTE"], 'values = ["POST"]', "", 4),
    ([22423.0, 999.0, 9990.0], 'values = ["999"]', "", 1),
    (["post", "POST", "P"], 'values = ["POST"], ignore_case = false', 'uppercase = ["product_id"]', 2),
    (["maß", "MASS", "Mas"], 'values = ["MASS"], ignore_case = false', 'uppercase = ["product_id"]', 2),
    (["POST\t", "\u00a0POST", "POST\u200a", "P OST"], 'values = ["POST"]', "", 3),
]


@pytest.mark.parametrize(("items", "rule", "more", "gone"), NO_PRODUCTS)
@pytest.mark.parametrize("how", ["keep_amount", "remove"])
def test_what_is_no_product_is_none_whatever_is_done_with_it(
    tmp_path: Path, items: list[object], rule: str, more: str, gone: int, how: str
) -> None:
    table = lines(1, 3, Date=["2023-01-02"] * 3).slice(0, 1)
    table = pa.concat_tables([table] * len(items)).set_column(3, "Item", pa.array(items))
    settings = f'duplicates = "keep"\n{more}\nnot_products = {{{rule}, how = "{how}"}}'
    found = read_history(configured(tmp_path, table, settings))
    products = [each for each in column(found, "product_id") if each is not None]
    assert len(products) == len(items) - gone


def test_a_product_of_several_columns_is_none_by_its_key(tmp_path: Path) -> None:
    table = lines(1, 3, Item=["a|", "a", "b"], Customer=["b", "|b", "b"])
    columns = COLUMNS.replace('product_id = "Item"', 'product_id = ["Item", "Customer"]')
    rule = 'not_products = {values = ["a||| b", "a| ||b"], how = "remove"}'
    assert column(read_history(configured(tmp_path, table, rule, columns)), "product_id") == ["a|||b", "b|b"]


def test_the_first_rule_that_leaves_a_row_out_counts_it(tmp_path: Path) -> None:
    one, two = (f'{{name = "{n}", exclude = [{{{test}}}]}}' for n, test in zip("ab", TWO, strict=True))
    again = one.replace('"a"', '"c"')
    table = lines(1, 3, Item=["A", "A", "B"], Pieces=["1", "2", "2"], Date=["2023-01-01"] * 3)
    more = pa.concat_tables([table, lines(1, 1, Order=["O9"], Item=["C"])])
    account = read_history(configured(tmp_path, more, f"filters = [{one}, {two}, {again}]")).account
    assert account.excluded == {"a": 2, "b": 1, "c": 0}


RETURNS = [
    ("", [1000, -500, -250], None),
    ('returns = {when = [{column = "Order", prefix = "C"}]}', [1000, -500, -250], [False, True, False]),
    ('returns = {when = [{column = "Order", prefix = "C"}], how = "remove"}', [1000], [False]),
    ('returns = {how = "remove"}', [1000], None),
    ('returns = {when = [{column = "Order", prefix = "C"}], sign = "negate"}', [1000, 500, -250], [False, True, False]),
]


@pytest.mark.parametrize(("rule", "cents", "flags"), RETURNS)
def test_returns_are_flagged_removed_or_turned_round(
    tmp_path: Path, rule: str, cents: list[int], flags: list[bool] | None
) -> None:
    table = lines(1, 3, Order=["O1", "C1", "O2"], Net=["10", "-5", "-2.50"], Pieces=["1", "-1", "-1"])
    reading = read_history(configured(tmp_path, table, rule))
    assert column(reading, "net_amount") == cents
    assert (column(reading, "is_return") if reading.history.has("is_return") else None) == flags


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([True, None]), [True, False]),
        (pa.array(["Yes", "0"]), [True, False]),
        (pa.array(["Yes\t", "\u00a00"]), [True, False]),
        (pa.array([1, 0]), [True, False]),
    ],
)
def test_a_flag_may_be_written_in_many_ways(tmp_path: Path, values: pa.Array, expected: list[bool]) -> None:
    table = lines(1, 2).append_column("Back", values)
    reading = read_history(configured(tmp_path, table, columns=COLUMNS + 'is_return = "Back"\n'))
    assert column(reading, "is_return") == expected


def test_white_space_of_any_kind_is_nothing(tmp_path: Path) -> None:
    table = lines(1, 3, Item=["\t", "\u00a0 ", "A"])
    reading = read_history(configured(tmp_path, table, exclude('column = "Item", is_null = true')))
    assert (column(reading, "product_id"), reading.account.excluded) == (["A"], {"n": 2})


def test_white_space_of_any_kind_stands_beside_days_and_numbers(tmp_path: Path) -> None:
    table = lines(1, 1, Date=["\t2023-01-03\u00a0"], Net=["\u0085\u30004.50\n"], Pieces=["\u20032\u2028"])
    reading = read_history(configured(tmp_path, table))
    assert [*map(str, column(reading, "ordered_on"))] == ["2023-01-03"]
    assert (column(reading, "net_amount"), column(reading, "quantity")) == ([450], [2.0])


def test_queries_and_keys_know_the_same_white_space() -> None:
    signs = [chr(code) for code in range(1, 0x10000) if not 0xD800 <= code < 0xE000]
    trimmed = pc.utf8_trim_whitespace(pa.array(signs)).to_pylist()
    assert "".join(sign for sign, left in zip(signs, trimmed, strict=True) if not left) == WHITE


def test_a_filter_by_a_moment_means_that_moment_in_the_zone_of_the_files(tmp_path: Path) -> None:
    """One o'clock in Berlin is midnight in Greenwich, half an hour too early; two o'clock is not."""
    table = lines(1, 2, Item=["A", "B"], Date=["2023-01-03 01:00:00", "2023-01-03 02:00:00"])
    rule = keep('column = "Date", range = {from = 2023-01-03T00:30:00Z}')
    reading = read_history(configured(tmp_path, table, rule, head='[history]\ntime_zone = "Europe/Berlin"'))
    assert column(reading, "product_id") == ["B"]


def test_where_every_line_breaks_the_contract_by_values_that_can_be_read_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="Too many order lines break the contract") as problem:
        read_history(configured(tmp_path, lines(1, 3, Date=["1801-01-02"] * 3)))
    assert "ordered_on is before" in problem.value.got
