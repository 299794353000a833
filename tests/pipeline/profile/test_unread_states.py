"""A column that nothing reads and that says of some rows that they never became an order: told, and only then."""

import tomllib
from pathlib import Path

import pyarrow as pa
import pytest
from suppliers import configured, lines

from pipeline.profile.profile import profile
from pipeline.profile.unread_states import unread_states
from pipeline.sources.history import read_history

KEEP = 'duplicates = "keep"'


def with_column(name: str, words: list[str | None]) -> pa.Table:
    table = lines(customers=100, orders=12)
    return table.append_column(name, pa.array([words[row % len(words)] for row in range(table.num_rows)]))


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("Status", ["paid", "paid", "Cancelled", None], "is 'Cancelled' in 300 of 1,200 rows (25.0%)"),
        ("Order state", ["open", "draft", "paid"], "is 'draft' in 400 of 1,200 rows (33.3%)"),
        ("状态", ["已付款", "已取消", "已付款"], "is '已取消' in 400"),
        ("Whatever", ["ok", "ok", "STORNIERT"], "is 'STORNIERT' in 400"),
        ("Group", ["Draft beer", "Bottles", "Cans"], None),
        ("Status", ["paid", "shipped", "refunded"], None),
        ("Status", ["cancelled", "cancelled", "paid"], None),
        ("Status", ["paid"] * 1_199 + ["cancelled"], None),
        ("Note", [*(f"note {row}" for row in range(60)), "cancelled"], None),
    ],
)
def test_rows_that_never_became_an_order_are_told_of(
    tmp_path: Path, name: str, words: list[str | None], told: str | None
) -> None:
    found = [*unread_states(configured(tmp_path, with_column(name, words), KEEP))]
    assert [told in sentence for sentence in found] == ([] if told is None else [True])


def test_the_filter_that_is_proposed_leaves_them_out_and_ends_the_doubt(tmp_path: Path) -> None:
    table = with_column('The "state"', ["paid", "cancelled", "paid"])
    config = configured(tmp_path, table, KEEP)
    (told,) = [each for each in profile(config).warnings if "nothing reads" in each]
    rule = told[told.index("filters = ") :].removesuffix(".")
    assert tomllib.loads(rule)["filters"][0]["name"] == "no order"
    filtered = configured(tmp_path, table, f"{KEEP}\n{rule}")
    assert read_history(filtered).account.excluded == {"no order": 400}
    assert [*unread_states(filtered)] == []
