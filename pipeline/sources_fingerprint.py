"""A fingerprint of what a history holds: the same rows give the same one, in any order, on any machine and threads.

Every row is hashed to 64 bits, and the hashes of a table are added up twice, mixed in two ways: what is added does not
depend on the order. It tells deliveries apart, and is no protection against somebody who looks for two that agree.
Source of the mixing: Steele, Lea & Flood 2014 (SplitMix64); hashing texts and rows by random multipliers, one for each
place: Carter & Wegman 1979.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.history import ORDER_LINES, History

Words = npt.NDArray[np.uint64]
BLOCK = 1 << 15
"""Rows, or texts, hashed at once: few enough for what is computed on the way to stay in the cache."""
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
MISSING = b"missing"


def fingerprint(history: History) -> str:
    """SHA-256 over currency, and name, columns, number and summed hashes of the rows of each table: 64 hex digits."""
    digest = hashlib.sha256(history.currency.encode())
    for name, table in sorted({ORDER_LINES.name: history.order_lines, **history.optional}.items()):
        columns = " ".join(sorted(f"{field.name}:{field.type}" for field in table.schema))
        digest.update(f"\n{name} {columns} {table.num_rows} {summed(table)}".encode())
    return digest.hexdigest()


def summed(table: pa.Table) -> tuple[int, int]:
    """Two sums over the hashes of the rows, each mixed in another way, modulo 2 to the 64."""
    hashed = [_column(name, table.column(name).combine_chunks()) for name in table.column_names]
    totals = np.zeros(2, dtype=np.uint64)
    for start in range(0, table.num_rows, BLOCK):
        row = hashed[0](start, start + BLOCK)
        for column in hashed[1:]:
            row += column(start, start + BLOCK)
        totals += np.array([mixed(row).sum(dtype=np.uint64), mixed(row ^ GOLDEN).sum(dtype=np.uint64)])
    return int(totals[0]), int(totals[1])


def _column(name: str, values: pa.Array) -> Callable[[int, int], Words]:
    """What a column adds to the hashes of the rows `[start, end)`."""
    missing = seed(name.encode() + MISSING)
    if pa.types.is_dictionary(values.type):
        table = np.append(text_hashes(values.dictionary) * seed(name.encode()), missing)
        codes = pc.fill_null(values.indices, len(values.dictionary)).to_numpy(zero_copy_only=False)
        return lambda start, end: table[codes[start:end]]
    words, factor = _words(values), seed(name.encode())
    if not values.null_count:
        return lambda start, end: mixed(words[start:end]) * factor
    there = values.is_valid().to_numpy(zero_copy_only=False)
    return lambda start, end: np.where(there[start:end], mixed(words[start:end]) * factor, missing)


def _words(values: pa.Array) -> Words:
    """Values that are no texts as 64 bits each, anything where they are missing."""
    kind = pa.float64() if pa.types.is_floating(values.type) else pa.int64()
    whole = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
    flat = np.asarray(pc.fill_null(whole.cast(kind), 0).to_numpy())
    return (flat + 0.0 if flat.dtype == np.float64 else flat).view(np.uint64)


def text_hashes(texts: pa.Array) -> Words:
    """A hash (n,) of each text, none of which is missing: its bytes, each times a number that belongs to its place."""
    parts = [np.empty(0, dtype=np.uint64), *_blocks(texts.cast(pa.string()))]
    return mixed(np.concatenate(parts))


def _blocks(texts: pa.Array) -> Iterator[Words]:
    _, places, content = texts.buffers()
    ends = np.frombuffer(places or bytes(4), dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    for start in range(0, len(texts), BLOCK):
        edge = ends[start : start + BLOCK + 1]
        letters = np.frombuffer(content or b"", dtype=np.uint8)[edge[0] : edge[-1]]
        place = np.arange(edge[0], edge[-1]) - np.repeat(edge[:-1], np.diff(edge))
        weighed = (letters + np.uint64(1)) * of_place(int(place.max(initial=-1)) + 1)[place]
        total = np.append(np.uint64(0), np.cumsum(weighed, dtype=np.uint64))
        yield total[edge[1:] - edge[0]] - total[edge[:-1] - edge[0]]


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
