"""Text files of an encoding that the database does not read, written again as UTF-8 for as long as it reads them."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

NOT_TEXT = b"\xff"
"""A byte that no text in UTF-8 holds."""


def recoded(file: Path, encoding: str, folder: Path, name: str) -> Path:
    """The text file as UTF-8 in the folder, under a name without its ending.

    Lines that are no text in the encoding are marked as none in UTF-8 either, so that the database puts them aside.
    What is no gzip in spite of its name is left as it is: the database says why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target, opened = folder / f"{name}.csv", gzip.open if file.suffix.lower() == ".gz" else Path.open
    try:
        with opened(file, "rb") as text, target.open("wb") as written:
            written.writelines(_in_utf_8(line, encoding) for line in text)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return file
    return target


def _in_utf_8(line: bytes, encoding: str) -> bytes:
    try:
        return line.decode(encoding).encode()
    except UnicodeDecodeError:
        return NOT_TEXT + line
