"""Texts of Parquet files are read as the dictionaries they are stored as: what is read does not depend on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from suppliers import configured, exclude, lines

import pipeline.sources.read as subject
from features.errors import DataProblem
from pipeline.config import Config
from pipeline.sources.history import Reading, read_history

NAMES = pa.array(["nobody", "C2", "C1", "C3"])
WITHOUT = exclude('column = "Customer", equals = "C1"')


def coded(codes: list[int | None]) -> pa.DictionaryArray:
    """Customers by code, of whom some do not occur."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), NAMES)


def files(folder: Path, customers: list[pa.Array], settings: str = "", **options: Any) -> Config:
    """The configuration of one Parquet file for each array of customers, a line for each of them."""
    for number, names in enumerate(customers):
        pq.write_table(lines(1, len(names), Customer=names), folder / f"part_{number}.parquet", **options)
    settings = f'path = "part_*.parquet"\n{settings}'
    return configured(folder, lines(1, 1), settings, head="[history]\nmax_quarantined_share = 1.0")


FILES: dict[str, tuple[list[pa.Array], dict[str, Any]]] = {
    "a dictionary": ([coded([2, 1, 2])], {}),
    "two, one of them with other texts": ([coded([2, 1]), pa.array(["C9", "C1"]).dictionary_encode()], {}),
    "the same dictionary twice, then another, then the same": (
        [coded([2, 1]), coded([3, 2, 1]), pa.array(["C9", "C1"]).dictionary_encode(), coded([2, 0])],
        {},
    ),
    "the same dictionary twice, with texts that are null": ([coded([2, None]), coded([3, None, 2])], {}),
    "texts that are null": ([coded([2, None, 1])], {}),
    "several dictionaries in a file": ([coded([3, 1, 2, 1, 3])], {"row_group_size": 2}),
    "plain texts": ([pa.array(["C2", "C1", "C2"])], {"use_dictionary": False}),
    "large texts": ([pa.array(["C2", "C1"], pa.large_string())], {"store_schema": True}),
    "bytes": ([pa.array([b"C2", b"C1"])], {}),
    "numbers in one of two": ([pa.array(["2", "1"]), pa.array([3, 1])], {}),
}


def read(config: Config, monkeypatch: pytest.MonkeyPatch, stored: Callable[..., Any]) -> Reading:
    monkeypatch.setattr(subject, "stored_texts", stored)
    return read_history(config)


@pytest.mark.parametrize("settings", ["", WITHOUT], ids=["all", "without some"])
@pytest.mark.parametrize("case", FILES)
def test_rows_and_codes_are_those_the_database_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, settings: str
) -> None:
    customers, options = FILES[case]
    config, stored = files(tmp_path, customers, settings, **options), subject.stored_texts
    one, other = (read(config, monkeypatch, way) for way in (stored, lambda *_: {}))
    assert one.history.order_lines.equals(other.history.order_lines)
    for name in ("customer_id", "product_id"):
        codes, as_before = (each.history.order_lines.column(name).chunk(0) for each in (one, other))
        assert codes.indices.equals(as_before.indices) and codes.dictionary.equals(as_before.dictionary)
    assert (one.fingerprint, one.account) == (other.fingerprint, other.account)


def found(config: Config, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The columns that were read as stored."""
    seen: dict[str, pa.ChunkedArray] = {}
    stored = subject.stored_texts
    read(config, monkeypatch, lambda *given: seen.update(stored(*given)) or seen)
    return {*seen}


def test_texts_as_they_are_stored_do_not_pass_through_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "customer_id.0" in found(files(tmp_path, [coded([1, 2])]), monkeypatch)


def test_files_that_share_a_dictionary_are_looked_up_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, pa.ChunkedArray] = {}
    stored, config = subject.stored_texts, files(tmp_path, [coded([2, 1]), coded([3, 2])])
    read(config, monkeypatch, lambda *given: seen.update(stored(*given)) or seen)
    assert [chunk.dictionary.to_pylist() for chunk in seen["customer_id.0"].chunks] == [["C1", "C2", "C3"]] * 2


@pytest.mark.parametrize("other", [pa.array([b"C1"]), pa.array([7])], ids=["bytes", "numbers"])
def test_what_is_stored_otherwise_is_left_to_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: pa.Array
) -> None:
    assert found(files(tmp_path, [pa.array(["C1"]), other]), monkeypatch) == set()


@pytest.mark.parametrize("later", [0, 1], ids=["the first", "the second"])
def test_a_column_that_a_file_lacks_is_missing_in_its_rows(tmp_path: Path, later: int) -> None:
    config = files(tmp_path, [pa.array(["C1", "C2"])] * 2)
    table = pq.read_table(tmp_path / f"part_{later}.parquet")
    pq.write_table(table.drop_columns(["Item"]), tmp_path / f"part_{later}.parquet")
    products = read_history(config).history.order_lines.column("product_id").to_pylist()
    assert [name is None for name in products] == [later == 0] * 2 + [later == 1] * 2


def test_what_is_no_text_is_refused_as_the_database_refuses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"C\xff"]).buffers())
    config, stored = files(tmp_path, [broken]), subject.stored_texts
    for way in (stored, lambda *_: {}):
        with pytest.raises(DataProblem, match="order_lines cannot be read"):
            read(config, monkeypatch, way)


def test_a_file_that_changed_in_between_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config, stored = files(tmp_path, [coded([1, 2, 2])]), subject.stored_texts
    shorter = read(config, monkeypatch, lambda *given: {name: each[1:] for name, each in stored(*given).items()})
    names = shorter.history.order_lines.column("customer_id").to_pylist()
    assert names == ["C2", "C1", "C1"]
