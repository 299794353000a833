"""Finding the user's files and opening them as one DuckDB scan."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import duckdb

from features.errors import DataProblem
from features.table_declaration import Table
from pipeline.settings.history import READ_BY_THE_DATABASE, TableSettings
from pipeline.sources.database import folder_of, identifier, literal, reading
from pipeline.sources.doubled import doubled, may_be_doubled, parquet_names, text_names
from pipeline.sources.header import check_encoding, first_lines, separator
from pipeline.sources.newer_ids import NewerIds
from pipeline.sources.recoded import recoded

SUFFIXES: dict[str, Literal["csv", "parquet"]] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".csv.gz": "csv", ".tsv.gz": "csv", ".txt.gz": "csv",
    ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip

SHEETS = (".xlsx", ".xlsm", ".xls", ".ods")


@dataclass(frozen=True)
class Source:
    """One table of the user: its files, and the SQL expression that scans them in a fixed order of rows.

    `types` holds DuckDB's type of every column, in the order of the files. `whole`: the scan gives every row of the
    files, one file after the other. `rejects`: lines that cannot be split are told of, as of one scan of several.
    `timestamps_in`: the zone of timestamps that state none, empty where they are local. `doubled`: names that a file
    gives to several columns, and the file. `newer_ids`: what the customers are called by now, if that is listed.
    `filled`: rows by column that was filled within its order, see `filling`.
    """

    table: Table
    where: str
    files: tuple[Path, ...]
    kind: Literal["csv", "parquet"]
    scan: str
    types: dict[str, str]
    whole: bool = True
    rejects: bool = True
    timestamps_in: str = ""
    doubled: Mapping[str, Path] = field(default_factory=dict)
    newer_ids: NewerIds | None = None
    filled: Mapping[str, int] = field(default_factory=dict)

    @property
    def texts(self) -> tuple[Path, ...]:
        """The files, if they are text."""
        return self.files if self.kind == "csv" else ()

    @property
    def setting(self) -> str:
        """Where the configuration speaks of this table."""
        return f"history.{self.table.name}"


def open_source(
    database: duckdb.DuckDBPyConnection, settings: TableSettings, table: Table, newer_ids: NewerIds | None = None
) -> Source:
    """The user's table as one scan.

    Raises:
        DataProblem: there is no file, files of both formats lie together, or they cannot be read.
    """
    files = _find(settings.path, table)
    kind = _kind(files, settings, table)
    texts = _csv_parts(files, settings, table, folder_of(database)) if kind == "csv" else []
    scan = f"{_csv_scan(texts) if texts else _parquet_scan(files)} AS src"
    with reading(settings.path, table.name, files if kind == "csv" else ()):
        columns = database.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    types = {str(row[0]): str(row[1]) for row in columns}
    twice = doubled(_names(database, files, texts)) if may_be_doubled(types) else {}
    if twice:
        scan, types = _numbered(scan, types, twice)
    return Source(
        table,
        settings.path,
        tuple(files),
        kind,
        scan,
        types,
        timestamps_in=settings.timestamps_in,
        doubled=twice,
        newer_ids=newer_ids,
    )


def _numbered(scan: str, types: dict[str, str], twice: Iterable[str]) -> tuple[str, dict[str, str]]:
    """A scan and its types with the first column of each doubled name numbered as the others are, `Net_0`."""
    first = {name: f"{name}_0" for name in twice if name in types and f"{name}_0" not in types}
    renamed = ", ".join(f"{identifier(name)} AS {identifier(now)}" for name, now in first.items())
    plain = {first.get(name, name): kind for name, kind in types.items()}
    return (f"(SELECT * RENAME ({renamed}) FROM {scan}) AS src" if first else scan), plain


def _names(
    database: duckdb.DuckDBPyConnection, files: list[Path], texts: list[tuple[Path, dict[str, str]]]
) -> Iterator[tuple[Path, list[str]]]:
    """Of each file the names of its columns as they stand, several of which may be one."""
    if not texts:
        yield from ((file, parquet_names(file)) for file in files)
    for file, (text, options) in zip(files, texts, strict=bool(texts)):
        plain = {name: value for name, value in options.items() if name != "store_rejects"}
        yield file, text_names(database, _one_csv(text, plain | {"header": "false"}))


def _suffix(file: Path) -> str:
    return "".join(file.suffixes[-2:] if file.suffix.lower() == ".gz" else file.suffixes[-1:]).lower()


def _find(path: str, table: Table) -> list[Path]:
    place = Path(path)
    if place.is_dir():
        inside = (file for file in place.rglob("*") if file.is_file() and _suffix(file) in SUFFIXES)
        files = [file for file in inside if not _hidden(file.relative_to(place))]
    else:
        files = [place] if place.is_file() else [Path(name) for name in glob.glob(path, recursive=True)]  # noqa: PTH207 - paths may be absolute
        files = [file for file in files if file.is_file()]
    if files:
        return sorted(files)
    raise DataProblem(
        "There are no files to read.",
        where=f"setting history.{table.name}.path",
        got=f"{path}: " + ("a folder without CSV or Parquet files" if place.is_dir() else "no such file"),
        expected="a CSV or Parquet file, a folder of them, or a glob",
        todo="check the path and the environment variables in it",
    )


def _hidden(file: Path) -> bool:
    """Markers and unfinished files that other programs leave in folders: `_SUCCESS`, `.part-0.crc`."""
    return any(part.startswith((".", "_")) for part in file.parts)


def _kind(files: list[Path], settings: TableSettings, table: Table) -> Literal["csv", "parquet"]:
    if settings.format != "auto":
        return settings.format
    kinds = {SUFFIXES.get(_suffix(file)) for file in files}
    if len(kinds) == 1 and (kind := kinds.pop()) is not None:
        return kind
    sheets = any(_suffix(file) in SHEETS for file in files)
    raise DataProblem(
        "The format of the files is not clear from their names.",
        where=settings.path,
        got=", ".join(sorted({_suffix(file) or file.name for file in files})),
        expected="all CSV (.csv, .tsv, .txt, also .gz) or all Parquet (.parquet, .pq)",
        todo="have the sheet saved as CSV, in Excel as CSV UTF-8, dates and numbers as they are shown"
        if sheets
        else f'narrow the path, or state history.{table.name}.format = "csv" or "parquet"',
    )


def _listed(files: list[Path]) -> str:
    return "[" + ", ".join(literal(_plain(file)) for file in files) + "]"


def _plain(file: Path) -> str:
    """The path with the signs that DuckDB would take for a glob made literal."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(file))


def _parquet_scan(files: list[Path]) -> str:
    many = "true" if len(files) > 1 else "false"
    parts = "true" if all(any("=" in part for part in file.parts[:-1]) for file in files) else "false"
    return (
        f"read_parquet({_listed(files)}, binary_as_string = true, union_by_name = {many}, "
        f"hive_partitioning = {parts}, hive_types_autocast = false)"
    )


def _csv_scan(texts: list[tuple[Path, dict[str, str]]]) -> str:
    """Each file may have its own order of columns."""
    return f"({' UNION ALL BY NAME '.join(_one_csv(file, options) for file, options in texts)})"


def _csv_parts(
    files: list[Path], settings: TableSettings, table: Table, folder: Path
) -> list[tuple[Path, dict[str, str]]]:
    """The files and how each is read. Every column is read as text: `00012` must not become 12.

    Files in an encoding that the database does not read are written again into the folder.
    """
    options = {
        "header": "true",
        "all_varchar": "true",
        "store_rejects": "true",
        "encoding": literal(settings.csv.encoding),
        "nullstr": "[" + ", ".join(literal(text) for text in ["", *settings.csv.null_values]) + "]",
    }
    if settings.csv.quote:
        options["quote"] = literal(settings.csv.quote)
    begun = [_begun(file, settings, table) for file in files]
    if settings.csv.encoding not in READ_BY_THE_DATABASE:
        options["encoding"] = literal("utf-8")
        files = [recoded(file, settings.csv.encoding, folder, f"{table.name}-{at}") for at, file in enumerate(files)]
    return [(file, options | begin) for file, begin in zip(files, begun, strict=True)]


def _one_csv(file: Path, options: dict[str, str]) -> str:
    stated = ", ".join(f"{key} = {value}" for key, value in options.items())
    return f"SELECT * FROM read_csv({literal(_plain(file))}, {stated})"


def _begun(file: Path, settings: TableSettings, table: Table) -> dict[str, str]:
    """The options that depend on how a file begins: lines above the names of the columns, and the sign between these.

    Raises:
        DataProblem: the names cannot be read.
    """
    above = settings.csv.lines_above
    lines = first_lines(file, above + 2)
    sign = separator(lines[0]) if lines else ""
    above = max(above, 1) if sign else above
    check_encoding(file, b"".join(lines[above : above + 1]), settings.csv.encoding, f"history.{table.name}")
    delimiter = settings.csv.delimiter or sign
    return ({"skip": str(above)} if above else {}) | ({"delim": literal(delimiter)} if delimiter else {})
