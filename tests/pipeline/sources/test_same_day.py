"""Lines taken back whole on their own day: left out with what takes them back, where that is asked for."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suppliers import COLUMNS, column, configured, lines

from features.errors import UsageProblem
from pipeline.memory import limit as memory_limit
from pipeline.sources import store as reading_store
from pipeline.sources.history import read_history
from pipeline.sources.store import read_store

CANCEL = 'duplicates = "keep"\nreturns = {same_day = "cancel"}'
Line = tuple[str, str, str, int]
"""Customer, product, day, and pieces of 2.00 each."""


def table(rows: list[Line]) -> pa.Table:
    customer, item, day, pieces = zip(*rows, strict=True)
    return pa.table(
        {
            "Customer": customer,
            "Order": [f"O{row}" for row in range(len(rows))],
            "Date": day,
            "Item": item,
            "Pieces": [str(each) for each in pieces],
            "Net": [f"{2 * each}.00" for each in pieces],
        }
    )


A, LATER = "2023-01-02", "2023-01-03"
ANOTHER = ("C9", "P", A, 7)
CASES: list[tuple[list[Line], list[int]]] = [
    ([("C", "P", A, 1), ("C", "P", A, -1)], []),
    ([("C", "P", A, -1), ("C", "P", A, 1)], []),
    ([("C", "P", A, 1), ("C", "P", A, 1), ("C", "P", A, -1)], [1]),
    ([("C", "P", A, 1), ("C", "P", LATER, -1)], [1, -1]),
    ([("C", "P", A, 2), ("C", "P", A, -1)], [2, -1]),
    ([("C", "P", A, 1), ("D", "P", A, -1)], [1, -1]),
    ([("C", "P", A, 1), ("C", "Q", A, -1)], [1, -1]),
    ([("C", "P", A, -1)], [-1]),
]


@pytest.mark.parametrize(("rows", "left"), CASES)
def test_what_mirrors_a_line_on_its_day_goes_with_it(tmp_path: Path, rows: list[Line], left: list[int]) -> None:
    reading = read_history(configured(tmp_path, table([*rows, ANOTHER]), CANCEL))
    assert column(reading, "quantity") == [*left, 7]
    gone = len(rows) - len(left)
    assert reading.account.excluded == ({"taken back whole on the day it was ordered": gone} if gone else {})


def test_unless_it_is_asked_for_every_line_stays(tmp_path: Path) -> None:
    reading = read_history(configured(tmp_path, table([*CASES[0][0], ANOTHER])))
    assert column(reading, "quantity") == [1, -1, 7]


def test_amounts_of_returns_are_turned_before_they_are_compared(tmp_path: Path) -> None:
    rows = table([("C", "P", A, 1), ("C", "P", A, 1), ANOTHER])
    when = 'when = [{column = "Order", equals = "O1"}]'
    rule = f'duplicates = "keep"\nreturns = {{{when}, sign = "negate", same_day = "cancel"}}'
    assert column(read_history(configured(tmp_path, rows, rule)), "quantity") == [7]


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        (COLUMNS, 'returns = {same_day = "cancel", how = "remove"}'),
        (COLUMNS.replace('net_amount = "Net"', ""), 'returns = {same_day = "cancel"}'),
    ],
    ids=["returns are gone before", "without amounts"],
)
def test_what_would_cancel_nothing_is_refused(tmp_path: Path, columns: str, rule: str) -> None:
    with pytest.raises(UsageProblem, match="needs the column net_amount"):
        configured(tmp_path, table([ANOTHER]), rule, columns=columns)


def test_what_was_known_to_be_taken_back_only_later_stays(tmp_path: Path) -> None:
    """Between the two days it was an order, and nobody knew better."""
    rows = table([("C", "P", A, 1), ("C", "P", A, -1), ANOTHER]).append_column("Booked", pa.array([A, LATER, A]))
    config = configured(tmp_path, rows, CANCEL, COLUMNS + 'known_on = "Booked"\n')
    assert column(read_history(config), "quantity") == [1, -1, 7]


def plain(rows: list[Line]) -> list[int]:
    """The reference: of each line still there, what takes it back is looked for line by line."""
    left = list(range(len(rows)))
    for place, (*what, pieces) in enumerate(rows):
        if pieces < 0:
            mirrored = [each for each in left if rows[each] == (*what, -pieces)]
            if mirrored and place in left:
                left.remove(min(mirrored, key=lambda each: f"O{each}"))
                left.remove(place)
    return sorted(rows[each][3] for each in left)


LINES = st.tuples(
    st.sampled_from("CD"), st.sampled_from("PQ"), st.sampled_from([A, LATER]), st.sampled_from([-2, -1, 1, 2])
)


@given(st.lists(LINES, max_size=14), st.randoms(use_true_random=False))
def test_as_many_go_as_there_are_pairs_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Line], random: np.random.Generator
) -> None:
    written = table([*rows, ANOTHER])
    mixed = written.take(pa.array(random.sample(range(len(written)), len(written))))
    found = [read_history(configured(tmp_path_factory.mktemp("day"), each, CANCEL)) for each in (written, mixed)]
    assert sorted(column(found[0], "quantity")) == sorted([*plain(rows), 7])
    assert found[0].fingerprint == found[1].fingerprint


def test_by_buckets_the_same_lines_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [str(1 if row % 8 < 4 else -1) for row in range(48)]
    amounts = [f"{each}.00" for each in pieces]
    names = [f"C{row % 4}" for row in range(48)]
    made = lines(
        Pieces=pieces,
        Net=amounts,
        Item=["P"] * 48,
        Customer=names,
        Date=[f"2023-01-{2 + row // 8:02d}" for row in range(48)],
    )
    share = 48 * memory_limit.BYTES_A_LINE / 2 / memory_limit.LEAST_SHARE / memory_limit.BYTES_A_GB
    more = pa.concat_tables([made, lines(4, 1)])
    stores = []
    for limit in (0.0, share):
        (folder := tmp_path / f"{limit:g}").mkdir()
        stores.append(read_store(configured(folder, more, CANCEL, head=f"[history]\nmemory_limit_gb = {limit}")))
        monkeypatch.setattr(reading_store, "read_history", lambda *_: pytest.fail("it was not read by buckets"))
    assert stores[0].reading.account.excluded == stores[1].reading.account.excluded
    assert stores[0].store.day.size == stores[1].store.day.size == 4
