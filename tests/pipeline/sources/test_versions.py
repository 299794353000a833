"""Of rows that are versions of one the newest is read, and the others are left out and counted."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from beside import read, regular
from suppliers import COLUMNS, lines, supplier

from features.errors import DataProblem, UsageProblem
from pipeline.config import load_config
from pipeline.sources.contract import OLDER
from pipeline.sources.history import read_history

BY = 'duplicate_key = ["NO"]\nnewest_by = "VERSION"\n'
NEWEST: list[tuple[list[object], str, list[int]]] = [
    (["1", "2", "1"], "", [1, 2]),
    (["9", "10", "1"], "", [1, 2]),
    (["10", "9", "1"], "", [0, 2]),
    ([9, 10, 1], "", [1, 2]),
    (["A", "B", "A"], "", [1, 2]),
    (["02.01.2024", "31.12.2023", "01.01.2020"], 'date_format = "%d.%m.%Y"', [0, 2]),
    (["2024-01-02T10:00:00Z", "2024-01-02T09:00:00Z", "2020-01-01T00:00:00Z"], "", [0, 2]),
    (["2024-10-27 02:15:00+01:00", "2024-10-27 02:45:00+02:00", "2020-01-01T00:00:00Z"], "", [0, 2]),
    (["02.01.2024 10:15", "31.12.2023 09:00", "01.01.2020 00:00"], 'date_format = "%d.%m.%Y"', [0, 2]),
    (["02.01.2024 10:15:01", "31.12.2023 09:00:00", "02.01.2024"], 'date_format = "%d.%m.%Y"', [0, 2]),
    (["45293.5", "45292", "45000"], 'date_format = "excel"', [0, 2]),
    ([datetime(2024, 1, 1, 10, 15, tzinfo=UTC), datetime(2024, 1, 1, 10, 14, tzinfo=UTC), None], "", [0, 2]),
    ([None, "1", None], "", [1, 2]),
    (["1", "1", "1"], "", [1, 2]),
]
"""Versions of the offers Q1, Q1 and Q2, settings, and the rows that are read."""


def offers(versions: list[object], numbers: list[object]) -> pa.Table:
    table = regular("quotes", len(versions), amount=[str(row) for row in range(len(versions))])
    return table.append_column("NO", pa.array(numbers)).append_column("VERSION", pa.array(versions))


def used(folder: Path, table: pa.Table, settings: str) -> tuple[list[int], dict[str, int], dict[str, int]]:
    """The rows that are read, what was left out, and what was put aside."""
    mapped = [name for name in table.column_names if name not in ("NO", "VERSION")]
    columns = "\n".join(f'{name.lower()} = "{name}"' for name in mapped)
    pq.write_table(table, folder / "quotes.parquet")
    head = f'[history.quotes]\npath = "quotes.parquet"\n{settings}\n[history.quotes.columns]\n{columns}\n'
    found = read_history(load_config(supplier(folder, lines(), "", COLUMNS, head)))
    amounts = found.history.optional["quotes"].column("amount").to_pylist()
    return [cents // 100 for cents in amounts], found.beside[0].excluded, found.beside[0].quarantined


@pytest.mark.parametrize(("versions", "settings", "expected"), NEWEST)
def test_the_newest_version_is_read(tmp_path: Path, versions: list[object], settings: str, expected: list[int]) -> None:
    table = offers(versions, ["Q1", "Q1", "Q2"])
    assert used(tmp_path, table, BY + settings) == (expected, {OLDER: 1}, {})


@pytest.mark.parametrize("duplicates", ["quarantine", "drop", "keep"])
def test_it_holds_whatever_becomes_of_copies(tmp_path: Path, duplicates: str) -> None:
    table = offers(["1", "2", "1"], ["Q1", "Q1", "Q2"])
    assert used(tmp_path, table, f'{BY}duplicates = "{duplicates}"') == ([1, 2], {OLDER: 1}, {})


def test_rows_without_a_number_are_versions_of_nothing(tmp_path: Path) -> None:
    table = offers(["1", "2", "3"], [None, None, " "])
    assert used(tmp_path, table, BY) == ([0, 1, 2], {}, {})


def test_versions_need_a_key(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="duplicate_key"):
        read(tmp_path, "quotes", regular("quotes", 3), 'newest_by = "QUOTED_ON"')


def test_the_column_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="newest_by"):
        read(tmp_path, "quotes", regular("quotes", 3), 'duplicate_key = ["CATEGORY"]\nnewest_by = "VERSION"')
