"""The fingerprint of a history: told by its rows and nothing else, in any order, and by every one of them."""

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from beside import configured_with, regular
from hypothesis import given, settings
from hypothesis import strategies as st
from suppliers import configured, lines

import pipeline.sources.fingerprint as subject
from features.history import History
from features.table_declaration import ARROW_TYPE
from pipeline.sources.fingerprint import fingerprint, fingerprints, summed
from pipeline.sources.history import read_history

WORD = 2**64
Row = tuple[str | None, int | None, float | None, date | None, bool | None]
NAMES = ("customer_id", "net_amount", "quantity", "ordered_on", "is_return")
KINDS = ("key", "money", "number", "date", "flag")


def table(rows: list[Row]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(NAMES)
    made = {}
    for name, kind, values in zip(NAMES, KINDS, columns, strict=True):
        key = kind == "key"
        made[name] = pa.array(values, pa.string()).dictionary_encode() if key else pa.array(values, ARROW_TYPE[kind])
    return pa.table(made)


def mixed(word: int) -> int:
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB % WORD
    return word ^ (word >> 31)


def text_hash(text: str) -> int:
    places = (mixed(place * 0x9E3779B97F4A7C15 % WORD) | 1 for place in range(1, 1 + len(text.encode())))
    return mixed(sum((letter + 1) * place for letter, place in zip(text.encode(), places, strict=True)) % WORD)


def value_hash(name: str, value: object) -> int:
    """One value of one column, in plain Python."""
    if value is None:
        return int(subject.seed(name.encode() + b"missing"))
    if isinstance(value, str):
        found = text_hash(value)
    elif isinstance(value, float):
        found = mixed(int(np.float64(value + 0.0).view(np.uint64)))
    else:
        number = (value - date(1970, 1, 1)).days if isinstance(value, date) else int(value)  # type: ignore[call-overload]
        found = mixed(number % WORD)
    return found * int(subject.seed(name.encode())) % WORD


def reference(rows: list[Row]) -> tuple[int, int]:
    hashes = [sum(value_hash(*pair) for pair in zip(NAMES, row, strict=True)) % WORD for row in rows]
    return sum(map(mixed, hashes)) % WORD, sum(mixed(h ^ 0x9E3779B97F4A7C15) for h in hashes) % WORD


ROW = st.tuples(
    st.one_of(st.none(), st.text(min_size=1, max_size=4)),
    st.one_of(st.none(), st.integers(-(10**15), 10**15)),
    st.one_of(st.none(), st.floats(-1e13, 1e13)),
    st.one_of(st.none(), st.dates(date(1960, 1, 1))),
    st.one_of(st.none(), st.booleans()),
)


@settings(deadline=None)
@given(st.lists(ROW, max_size=9), st.integers(1, 4))
def test_the_sums_are_those_of_plain_python(rows: list[Row], block: int) -> None:
    """In blocks of any size: the block is where a fast path goes wrong."""
    before, subject.BLOCK = subject.BLOCK, block
    try:
        assert summed(table(rows)) == reference(rows)
    finally:
        subject.BLOCK = before


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_tell(rows: list[Row], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fingerprint(History(table(rows))) == fingerprint(History(table(shuffled)))


@settings(deadline=None)
@given(st.lists(ROW, max_size=5), st.lists(ROW, max_size=5))
def test_other_rows_have_another_fingerprint(some: list[Row], others: list[Row]) -> None:
    if sorted(map(repr, some)) != sorted(map(repr, others)):
        assert fingerprint(History(table(some))) != fingerprint(History(table(others)))


ONE: Row = ("ab", 5, 1.0, date(2023, 1, 1), True)
DIFFERENT: list[tuple[list[Row], list[Row]]] = [
    ([ONE], [ONE, ONE]),
    ([ONE], [("ba", *ONE[1:])]),
    ([ONE], [("a", *ONE[1:])]),
    ([(None, 0, 0.0, None, False)], [(None, None, 0.0, None, False)]),
    ([("a", 1, *ONE[2:]), ("b", 2, *ONE[2:])], [("a", 2, *ONE[2:]), ("b", 1, *ONE[2:])]),
]


@pytest.mark.parametrize(("some", "others"), DIFFERENT)
def test_counts_places_gaps_and_what_belongs_together_tell(some: list[Row], others: list[Row]) -> None:
    assert fingerprint(History(table(some))) != fingerprint(History(table(others)))


@pytest.mark.parametrize("changed", ["order_lines", "quotes"])
def test_each_table_has_a_fingerprint_that_the_others_do_not_change(changed: str) -> None:
    tables = {"order_lines": table([ONE]), "quotes": table([ONE, ONE])}
    others = tables | {changed: table([("ba", *ONE[1:])])}
    (whole, before), (another, after) = (
        fingerprints(History(found["order_lines"], optional={"quotes": found["quotes"]})) for found in (tables, others)
    )
    assert whole != another and before.keys() == tables.keys()
    assert {name for name in tables if before[name] != after[name]} == {changed}


def test_without_mixing_the_rows_values_that_change_places_would_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: the first sum is one of columns, and lets through the last of the cases above."""

    def add_unmixed(rows: npt.NDArray[np.uint64], totals: npt.NDArray[np.uint64]) -> None:
        totals += rows.sum(dtype=np.uint64)

    monkeypatch.setattr(subject, "add_totals", add_unmixed)
    some, others = DIFFERENT[-1]
    assert summed(table(some))[0] == summed(table(others))[0]


def test_zero_has_no_sign() -> None:
    assert summed(table([("a", 0, -0.0, None, None)])) == summed(table([("a", 0, 0.0, None, None)]))


def test_texts_that_nobody_has_do_not_tell() -> None:
    """A dictionary may hold more than the rows do, in any order."""
    some = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["a", "b"]))
    more = pa.DictionaryArray.from_arrays(pa.array([2, 0], pa.int32()), pa.array(["b", "x", "a"]))
    assert summed(pa.table({"customer_id": some})) == summed(pa.table({"customer_id": more}))


def test_a_delivery_in_another_order_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    backwards = lines().take(list(range(47, -1, -1)))
    same = read_history(configured(tmp_path / "a", lines())).fingerprint
    assert read_history(configured(tmp_path / "b", backwards)).fingerprint == same


def test_every_table_tells(tmp_path: Path) -> None:
    def found(name: str, *tables: tuple[str, pa.Table, str]) -> str:
        (folder := tmp_path / name).mkdir()
        return read_history(configured_with(folder, *tables)).fingerprint

    wallet, quotes = ("wallet", regular("wallet"), ""), ("quotes", regular("quotes"), "")
    changed = ("wallet", regular("wallet", 12, source=["x"] * 12), "")
    alike = [found("none"), found("w", wallet), found("q", quotes), found("wq", wallet, quotes), found("c", changed)]
    assert len(set(alike)) == 5
    assert found("w2", ("wallet", regular("wallet").take(list(range(11, -1, -1))), "")) == alike[1]
