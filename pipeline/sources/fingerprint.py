"""A fingerprint of what a history holds: the same rows give the same one, in any order, on any machine and threads.

Every row is hashed to 64 bits, and the hashes of a table are added up twice, mixed in two ways: what is added does not
depend on the order. It tells deliveries apart, and is no protection against somebody who looks for two that agree.
Source of the mixing: Steele, Lea & Flood 2014 (SplitMix64); hashing texts and rows by random multipliers, one for each
place: Carter & Wegman 1979.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.hashing import FIRST, GOLDEN, SECOND, add_coded, add_mixed, add_totals, weigh
from features.engine.pieces import in_one_piece
from features.history import ORDER_LINES, History

Words = npt.NDArray[np.uint64]
BLOCK = 1 << 15
"""Rows hashed at once: few enough for their hashes to stay in the cache while column after column is added."""
MISSING = b"missing"


def fingerprint(history: History) -> str:
    """SHA-256 over currency, and name, columns, number and summed hashes of the rows of each table: 64 hex digits."""
    return fingerprints(history)[0]


def fingerprints(history: History) -> tuple[str, dict[str, str]]:
    """The fingerprint of a history, and by table that of its rows alone; 64 hex digits each."""
    digest, tables = hashlib.sha256(history.currency.encode()), {}
    for name, table in sorted({ORDER_LINES.name: history.order_lines, **history.optional}.items()):
        columns = " ".join(sorted(f"{field.name}:{field.type}" for field in table.schema))
        line = f"{name} {columns} {table.num_rows} {summed(table)}".encode()
        digest.update(b"\n" + line)
        tables[name] = hashlib.sha256(line).hexdigest()
    return digest.hexdigest(), tables


def summed(table: pa.Table) -> tuple[int, int]:
    """Two sums over the hashes of the rows, each mixed in another way, modulo 2 to the 64."""
    columns = [_column(name, in_one_piece(table.column(name))) for name in table.column_names]
    totals = np.zeros(2, dtype=np.uint64)
    for start in range(0, table.num_rows, BLOCK):
        rows = np.zeros(min(BLOCK, table.num_rows - start), dtype=np.uint64)
        for add in columns:
            add(rows, start)
        add_totals(rows, totals)
    return int(totals[0]), int(totals[1])


def _column(name: str, values: pa.Array) -> Callable[[Words, int], None]:
    """Adds to the hashes of rows, from the row `start`, what a column contributes."""
    missing, factor = seed(name.encode() + MISSING), seed(name.encode())
    if pa.types.is_dictionary(values.type):
        table = np.append(text_hashes(values.dictionary) * factor, missing)
        filled = pc.fill_null(values.indices, len(values.dictionary)) if values.null_count else values.indices
        codes = filled.to_numpy(zero_copy_only=False)
        return lambda rows, start: add_coded(rows, codes[start : start + rows.size], table)

    def add(rows: Words, start: int) -> None:
        part = values.slice(start, rows.size)  # a block at a time: as words, all of a column would be held twice
        words = _words(part)
        if part.null_count:
            there = part.is_valid().to_numpy(zero_copy_only=False)
            rows += np.where(there, mixed(words) * factor, missing)
        else:
            add_mixed(rows, words, factor)

    return add


def _words(values: pa.Array) -> Words:
    """Values that are no texts as 64 bits each, anything where they are missing."""
    kind = pa.float64() if pa.types.is_floating(values.type) else pa.int64()
    whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
    flat = np.asarray(pc.fill_null(whole.cast(kind), 0).to_numpy())
    return (flat + 0.0 if flat.dtype == np.float64 else flat).view(np.uint64)


def text_hashes(texts: pa.Array) -> Words:
    """A hash (n,) of each text, none of which is missing: its bytes, each times a number that belongs to its place."""
    plain = texts.cast(pa.string())
    _, places, content = plain.buffers()
    ends = np.frombuffer(places or bytes(4), dtype=np.int32)[plain.offset : plain.offset + len(plain) + 1]
    hashes = np.empty(len(plain), dtype=np.uint64)
    longest = int(np.diff(ends).max(initial=0))
    weigh(ends, np.frombuffer(content or b"", dtype=np.uint8), of_place(longest), hashes)
    return hashes


def of_place(count: int) -> Words:
    """The multipliers of the first `count` places of a text: odd numbers that look random."""
    return mixed(np.arange(1, count + 1, dtype=np.uint64) * GOLDEN) | np.uint64(1)


def mixed(words: Words) -> Words:
    """Each of the words (n,) as another one, one to one: numbers that are near each other end up far apart."""
    words = words ^ (words >> np.uint64(30))
    words *= FIRST
    words ^= words >> np.uint64(27)
    words *= SECOND
    words ^= words >> np.uint64(31)
    return words


def seed(name: bytes) -> np.uint64:
    """An odd number that belongs to a name."""
    return np.uint64(int.from_bytes(hashlib.sha256(name).digest()[:8], "little") | 1)
