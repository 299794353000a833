"""Made-up configurations and tables: whatever comes, a command ends with a code of its own, and crashes never.

A few dozen examples in every run of the tests; the long form is `python -m pytest -m fuzz`.
"""

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from suppliers import COLUMNS, lines, supplier

from features.errors import UsageProblem
from pipeline.cli import main
from pipeline.config import CONFIGS, load_config

QUICK, LONG = 25, int(os.environ.get("MOORINGS_FUZZ", "1000"))
"""Examples of each test; the second number may be set for a night."""
DONE = {0, 2, 3}
"""Exit codes of `profile` on any input: done, a wrong configuration, data that broke the contract."""
KEYS = ["history", "time", "population", "training", "storage", "scoring", "gap_days", "order_lines", "columns", "path"]


def examples(number: int) -> Any:
    """Settings of so many examples; the few of every run are the same ones each time."""
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=number, deadline=None, derandomize=number == QUICK, database=None, suppress_health_check=slow
    )


LENGTHS = [pytest.param(QUICK, id="quick"), pytest.param(LONG, id="long", marks=[pytest.mark.fuzz, pytest.mark.slow])]
LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
TEXT = st.text(LETTERS, max_size=12)
CELL = TEXT | st.sampled_from(["2023-01-02", "1", "1,5", "-7", "1e308", "nan", "yes", "C1", "", "9999-12-31", "=1+1"])
VALUE: st.SearchStrategy[Any] = st.recursive(
    TEXT | st.integers(-(10**20), 10**20) | st.floats() | st.booleans() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | TEXT, inner, max_size=3),
    max_leaves=6,
)
COLUMN = st.one_of(
    st.lists(CELL | st.none(), min_size=5, max_size=5),
    st.lists(st.integers(-(2**62), 2**62) | st.none(), min_size=5, max_size=5),
    st.lists(st.floats() | st.none(), min_size=5, max_size=5),
    st.lists(st.dates() | st.none(), min_size=5, max_size=5),
    st.lists(st.booleans() | st.none(), min_size=5, max_size=5),
    st.lists(st.lists(st.integers(0, 9), max_size=2), min_size=5, max_size=5),
)


def toml(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(sign):08x}" for sign in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    return str(value)


def ended(command: list[str], capsys: pytest.CaptureFixture[str]) -> int:
    """The exit code of a command that shows no traceback; what it said is in the report of a failing test."""
    code = main(command)
    shown = capsys.readouterr()
    print(shown.err)
    return -1 if "Traceback" in shown.err else code


@pytest.mark.parametrize("number", LENGTHS)
def test_any_text_is_a_configuration_or_a_usage_problem(
    number: int, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path_factory.mktemp("config") / "any.toml"
    good = (CONFIGS / "demo.toml").read_bytes()

    @examples(number)
    @given(st.binary(max_size=60), st.integers(0, len(good)), st.integers(0, 20))
    def any_text(inserted: bytes, place: int, left_out: int) -> None:
        file.write_bytes(good[:place] + inserted + good[place + left_out :])
        try:
            load_config(file)
        except UsageProblem as problem:
            assert problem.todo

    any_text()


@pytest.mark.parametrize("number", LENGTHS)
def test_any_value_anywhere_is_a_setting_or_a_usage_problem(number: int, tmp_path: Path) -> None:
    file = tmp_path / "any.toml"

    @examples(number)
    @given(st.dictionaries(st.sampled_from(KEYS) | TEXT.filter(bool), VALUE, max_size=4))
    def any_value(tree: dict[str, Any]) -> None:
        file.write_text("".join(f"{toml(key)} = {toml(value)}\n" for key, value in tree.items()), encoding="utf-8")
        try:
            load_config(file)
        except UsageProblem as problem:
            assert problem.todo

    any_value()


@pytest.mark.parametrize("number", LENGTHS)
def test_any_columns_are_read_or_named(number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = lines().column_names

    @examples(number)
    @given(st.lists(COLUMN, min_size=len(names), max_size=len(names)), st.sampled_from(["", ","]))
    def any_columns(columns: list[list[Any]], decimal: str) -> None:
        table = pa.table({name: pa.array(values) for name, values in zip(names, columns, strict=True)})
        stated = f'decimal = "{decimal}"' if decimal else ""
        head = "[history]\nmax_quarantined_share = 1.0"
        assert ended(["profile", "--config", str(supplier(tmp_path, table, stated, COLUMNS, head))], capsys) in DONE

    any_columns()


@pytest.mark.parametrize("number", LENGTHS)
def test_any_bytes_are_read_or_named(number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = ",".join(lines().column_names).encode()

    @examples(number)
    @given(st.binary(max_size=200), st.sampled_from(["lines.csv", "lines.csv.gz", "lines.parquet"]), st.booleans())
    def any_bytes(content: bytes, name: str, headed: bool) -> None:
        config = supplier(tmp_path, "", f'path = "{name}"')
        (tmp_path / name).write_bytes(header + b"\n" + content if headed else content)
        assert ended(["profile", "--config", str(config)], capsys) in DONE

    any_bytes()
