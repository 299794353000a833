"""The beginning of a text file: which line names the columns, looked at before the database does.

The database skips lines that it cannot decode. Where that is the line with the names, it takes the first row for one,
and all that can be told afterwards is that columns are missing.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from features.errors import DataProblem

SEPARATOR = re.compile(rb"^(?:\xef\xbb\xbf)?sep=(.)\r?\n?$", re.IGNORECASE)
"""What Excel writes, and reads, as the first line of a file to say which sign separates its columns."""
MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
LIKELY = '"windows-1252" of Western Europe or "gb18030" of China, or have the file written in UTF-8'
"""Encodings that spreadsheets write."""
LONGEST_LINE = 1_000_000
"""Bytes of a line that are looked at."""
DATUM = re.compile(r"[\d.,:/+\-\s]*\d[\d.,:/+\-\s]*")
"""A number, a date, or what else holds digits and no letters: no name of a column."""
NAMELESS = re.compile(r"column\d+")


def first_lines(file: Path, count: int) -> list[bytes]:
    """The first lines of a file as they are, at most `count`; none where it cannot be read, which the database says."""
    opened = gzip.open if file.suffix.lower() == ".gz" else Path.open
    try:
        with opened(file, "rb") as text:
            return [*islice(iter(lambda: text.readline(LONGEST_LINE), b""), count)]
    except (OSError, EOFError):
        return []


def two_ends(files: Iterable[Path]) -> str:
    """The first text file whose lines end in two ways, and where it changes; "" where each keeps to one.

    Files put together from several systems do so, and the database gives up on them without a reason that helps.
    """
    for file in files:
        counted, change, first = [0, 0], 0, None
        for number, line in enumerate(_every_line(file), 1):
            both = line.endswith(b"\r\n")
            counted[both] += 1
            first = both if first is None else first
            change = change or (number if both != first else 0)
        if change:
            ends = f"{counted[1]:,} with CR LF and {counted[0]:,} with LF alone, line {change:,} unlike those before"
            return f"{file} ends its lines in two ways, {ends}"
    return ""


def _every_line(file: Path) -> Iterator[bytes]:
    """The lines of a file that have an end; none where it cannot be read."""
    opened = gzip.open if file.suffix.lower() == ".gz" else Path.open
    try:
        with opened(file, "rb") as text:
            yield from (line for line in text if line.endswith(b"\n"))
    except (OSError, EOFError):
        return


def separator(line: bytes) -> str:
    """The sign that a first line `sep=;` states; "" where it states none."""
    found = SEPARATOR.match(line)
    return found[1].decode("ascii", "replace") if found else ""


def check_encoding(file: Path, line: bytes, encoding: str, setting: str) -> None:
    """Refuse a file whose line of names cannot be read in the configured encoding.

    Raises:
        DataProblem: the line is no text in UTF-8, and that is what it is taken for.
    """
    if encoding != "utf-8":
        return
    stated = f"the encoding in {setting}.csv.encoding"
    if line.startswith(MARKS_OF_UTF_16) or b"\x00" in line:
        raise _undecoded(file, "a text in UTF-16, or no text", f'state {stated}: "utf-16"')
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        got = f"the byte 0x{line[error.start]:02x} at place {error.start + 1} of the line with the names of the columns"
        raise _undecoded(file, got, f"state {stated}, such as {LIKELY}") from None


def _undecoded(file: Path, got: str, todo: str) -> DataProblem:
    return DataProblem(
        "The names of the columns cannot be read.", where=str(file), got=got, expected="a text in UTF-8", todo=todo
    )


def looks_like_a_row(names: Iterable[str]) -> bool:
    """Whether names of columns hold numbers or dates, so that a row has been taken for the names."""
    return any(DATUM.fullmatch(name) for name in names)


def looks_like_a_title(names: Iterable[str]) -> bool:
    """Whether columns have no name but the one that the database gives: a title stands in a line of empty cells."""
    return any(NAMELESS.fullmatch(name) for name in names)


def form(value: str) -> str:
    """The form of a value without the value: 31.12.2024 is 99.99.9999."""
    return "".join("9" if sign.isdigit() else "a" if sign.isalpha() else sign for sign in value[:40])
