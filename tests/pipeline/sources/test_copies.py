"""Copies of a line are found by all columns that tell lines apart, whether they are read as keys or not."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from suppliers import configured, lines

import pipeline.sources.read as subject
from pipeline.sources.history import read_history

ALL = "[history]\nmax_quarantined_share = 1.0"
COPY = "copy of another line"
SAME = [["C", "C"], [7, 7], [-(2**62), -(2**62)], [0.0, -0.0], [7.5, 7.5]]
OTHER = [["C", "c"], ["C", "C "], [7, 8], [-(2**62), 2**62]]


def copies(folder: Path, settings: str = "", **columns: list[object]) -> int:
    """How many of two lines are copies that are alike but for `columns`."""
    alike = pa.concat_tables([lines(1, 1)] * 2)
    for name, values in columns.items():
        alike = alike.set_column(alike.column_names.index(name), name, pa.array(values))
    found = read_history(configured(folder, alike, settings, head=ALL))
    return found.account.quarantined.get(COPY, 0)


@pytest.mark.parametrize("customers", SAME)
def test_equal_keys_are_copies(tmp_path: Path, customers: list[object]) -> None:
    assert copies(tmp_path, Customer=customers) == 1


@pytest.mark.parametrize("customers", OTHER)
def test_keys_that_differ_before_cleaning_are_none(tmp_path: Path, customers: list[object]) -> None:
    assert copies(tmp_path, Customer=customers) == 0


def test_a_key_that_is_not_asked_for_does_not_tell_lines_apart(tmp_path: Path) -> None:
    assert copies(tmp_path, 'duplicate_key = ["Order", "Net"]', Customer=["C", "D"]) == 1


def test_keys_alone_tell_lines_apart(tmp_path: Path) -> None:
    assert copies(tmp_path, 'duplicate_key = ["Order"]', Net=["1", "2"]) == 1


def test_equal_hashes_only_nominate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "mix_in", lambda hashes, codes: hashes.fill(np.uint64(1)))
    assert copies(tmp_path, Customer=["C", "D"]) == 0
    (tmp_path / "again").mkdir()
    assert copies(tmp_path / "again") == 1
