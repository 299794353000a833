"""A broken input as data: one TOML file in `broken/`, laid out as a supplier's folder and configuration.

A case says what is broken, and only that; everything else is regular:

    what, exit_code, says       its name, how the command ends, and what its message has to hold
    command                     "profile --config {config}" where it is left out
    head                        settings before all others
    config                      the whole configuration, where none is to be made
    [files]                     further files by name, their signs as bytes
    [order_lines]               rows (48), again (the first so many once more), without (columns), settings,
                                mapped (over the regular mapping), text (a CSV)
    [order_lines.columns]       values that replace a column, or make a new one
    [tables.NAME]               a table beside the order lines: rows (12), again, without, settings; missing (columns
                                that are mapped but not in the file), gone (there is no file), content (instead of it)
    [tables.NAME.columns]       values that replace a column

Values are a list, or `first`, `rest` and `last`; "<null>" is null, and "<200 of x>" is that many of a letter.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from beside import regular, section
from suppliers import COLUMNS, lines, supplier

FILES = sorted((Path(__file__).parent / "broken").glob("*.toml"))
PROFILE = "profile --config {config}"
LONG = re.compile(r"<(\d+) of (.)>")


@dataclass(frozen=True)
class Case:
    """A broken input, how a command has to end on it, and what it has to say."""

    what: str
    exit_code: int
    says: tuple[str, ...]
    tree: dict[str, Any]

    def laid_out(self, folder: Path) -> list[str]:
        """Write the input below `folder`; returns the command."""
        beside = "\n".join(_beside(folder, name, table) for name, table in self.tree.get("tables", {}).items())
        config = _order_lines(folder, self.tree.get("order_lines", {}), f"{self.tree.get('head', '')}\n{beside}")
        for name, content in self.tree.get("files", {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content.encode("latin-1"))
        if "config" in self.tree:
            config.write_text(self.tree["config"], encoding="utf-8")
        words = str(self.tree.get("command", PROFILE)).split()
        return [word.format(config=config, folder=folder) for word in words]


def case(file: Path) -> Case:
    """The case in a file of `broken/`."""
    tree = tomllib.loads(file.read_text(encoding="utf-8"))
    return Case(tree["what"], tree["exit_code"], tuple(tree["says"]), tree)


def _order_lines(folder: Path, told: dict[str, Any], head: str) -> Path:
    table: pa.Table | str = told.get("text") or _changed(lines(orders=told.get("rows", 48) // 4), told)
    mapping = {**dict(re.findall(r'(\w+) = "(.*)"', COLUMNS)), **told.get("mapped", {})}
    columns = "\n[history.order_lines.columns]\n" + "".join(
        f'{ours} = "{theirs}"\n' for ours, theirs in mapping.items()
    )
    return supplier(folder, table, told.get("settings", ""), columns, head)


def _beside(folder: Path, name: str, told: dict[str, Any]) -> str:
    """Write a table beside the order lines; returns its settings."""
    table, file = _changed(regular(name, told.get("rows", 12)), told), folder / f"{name}.parquet"
    if "content" in told:
        file.write_bytes(told["content"].encode("latin-1"))
    elif not told.get("gone"):
        pq.write_table(table.drop_columns(told.get("missing", [])), file)
    return section(name, table, told.get("settings", ""))


def _changed(table: pa.Table, told: dict[str, Any]) -> pa.Table:
    """A table with some columns left out, replaced or added, and some rows repeated."""
    table = table.drop_columns(told.get("without", []))
    for name, values in told.get("columns", {}).items():
        column = pa.array(_values(values, table.num_rows))
        here = table.column_names.index(name) if name in table.column_names else None
        table = table.append_column(name, column) if here is None else table.set_column(here, name, column)
    return pa.concat_tables([table, table.slice(0, told.get("again", 0))])


def _values(told: Any, rows: int) -> list[object]:
    if isinstance(told, list):
        return [_value(each) for each in told]
    first, last = told.get("first", []), told.get("last", [])
    return [_value(each) for each in [*first, *[told["rest"]] * (rows - len(first) - len(last)), *last]]


def _value(told: Any) -> object:
    if told == "<null>":
        return None
    if isinstance(told, str) and (match := LONG.fullmatch(told)):
        return match[2] * int(match[1])
    return told
