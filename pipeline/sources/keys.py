"""Keys and texts as dictionaries: raw parts become codes batch by batch, and are cleaned once per distinct value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.engine.whole_numbers import ranked

LONGEST = 200
"""Characters. Longer keys come from rows that were glued together, and break every table they are shown in."""
CONTROL = r"[\x00-\x1f\x7f]"
JOINED = "|"

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Key:
    """A column of keys: `codes` (n,) into `values`, -1 where the key is missing; no value occurs twice."""

    codes: Codes
    values: pa.Array

    def changed(self, change: Callable[[pa.Array], pa.Array]) -> Key:
        """The key with its values changed: what becomes equal is merged, what becomes null is missing."""
        new = change(self.values)
        if new.equals(self.values):
            return self
        encoded = new.dictionary_encode()
        place = np.append(_indices(encoded), np.int32(-1))
        return Key(place[self.codes], encoded.dictionary)

    def matching(self, wrong: Callable[[pa.Array], pa.Array]) -> Mask:
        """The rows (n,) whose value `wrong` says true of; a missing key never matches."""
        found = np.append(wrong(self.values).to_numpy(zero_copy_only=False), False)
        return found[self.codes] if found.any() else np.zeros(self.codes.size, dtype=bool)

    def taken(self, rows: Mask) -> Key:
        """The key of `rows` (n,) alone, without the values that no longer occur."""
        if rows.all():
            return self
        codes = self.codes[rows]
        used = np.zeros(len(self.values), dtype=bool)
        used[codes[codes >= 0]] = True
        place = np.append(np.cumsum(used, dtype=np.int32) - 1, np.int32(-1)).astype(np.int32)
        return Key(place[codes], self.values.filter(pa.array(used)))

    def to_arrow(self) -> pa.DictionaryArray:
        """The key as an Arrow dictionary column of text."""
        missing = self.codes < 0
        codes = pa.array(self.codes, mask=missing if missing.any() else None)
        return pa.DictionaryArray.from_arrays(codes, self.values)


def encoded(batches: pa.ChunkedArray) -> Key:
    """One key of the batches of a column, dictionary-encoded or whole numbers, its values as they came."""
    if not pa.types.is_dictionary(batches.type):
        return _numbered(batches)
    if not batches.num_chunks:
        return Key(np.empty(0, dtype=np.int32), pa.array([], batches.type.value_type))
    whole = batches.unify_dictionaries()
    return Key(np.concatenate([_indices(chunk) for chunk in whole.chunks]), whole.chunk(0).dictionary)


def _numbered(batches: pa.ChunkedArray) -> Key:
    """The key of whole numbers: their ranks, or a dictionary where some are missing or they are strewn too widely."""
    if not batches.null_count and not pa.types.is_uint64(batches.type):
        found = ranked([chunk.cast(pa.int64()).to_numpy() for chunk in batches.chunks])
        if found is not None:
            return Key(found[0], pa.array(found[1]))
    return encoded(batches.dictionary_encode())


def cleaned(parts: Sequence[Key]) -> Key:
    """Parts as one key of text: trimmed, blank is missing, several parts joined by `|` (in a part written `||`).

    A key one of whose parts is missing is missing. Different parts make different keys: a later part that begins with
    `|` gets a space before it, as no trimmed part has one, or `a|` and `b` would be written as `a` and `|b` are.
    """
    first, *later = [_as_text(part) for part in parts]
    if not later:
        return first
    return reduce(joined, [first.changed(_escaped), *(part.changed(_escaped_behind) for part in later)])


def _as_text(part: Key) -> Key:
    """The values as trimmed text; whole numbers need no trimming, and stay as different as they were."""
    whole = pa.types.is_integer(part.values.type)
    return Key(part.codes, part.values.cast(pa.string())) if whole else part.changed(_plain_text)


def in_capitals(key: Key) -> Key:
    """The key in capital letters."""
    return key.changed(capitals)


def capitals(texts: pa.Array) -> pa.Array:
    """Texts in capital letters; `ẞ`, the capital of `ß`, is mostly written `SS`."""
    return pc.replace_substring(pc.utf8_upper(texts), "ẞ", "SS")


def without(key: Key, values: Sequence[str], prefixes: Sequence[str], *, ignore_case: bool) -> Key:
    """The key with some values and everything that begins with a prefix made missing."""

    def change(texts: pa.Array) -> pa.Array:
        wanted, starts = pa.array(values, pa.string()), pa.array(prefixes, pa.string())
        compared, wanted, starts = map(capitals, (texts, wanted, starts)) if ignore_case else (texts, wanted, starts)
        out = pc.is_in(compared, value_set=wanted)
        for start in starts.to_pylist():
            out = pc.or_(out, pc.starts_with(compared, start))
        return pc.if_else(out, pa.scalar(None, pa.string()), texts)

    return key.changed(change)


def printable(key: Key) -> Key:
    """The key with control characters as spaces and no longer than `LONGEST`: for texts that identify nothing."""
    return key.changed(
        lambda texts: pc.utf8_slice_codeunits(pc.replace_substring_regex(texts, CONTROL, " "), 0, LONGEST)
    )


def too_long(key: Key) -> Mask:
    """The rows whose key is longer than `LONGEST`."""
    return key.matching(lambda texts: pc.greater(pc.utf8_length(texts), LONGEST))


def unprintable(key: Key) -> Mask:
    """The rows whose key holds control characters."""
    if not _any_control(key.values):
        return np.zeros(key.codes.size, dtype=bool)
    return key.matching(lambda texts: pc.match_substring_regex(texts, CONTROL))


def _any_control(texts: pa.Array) -> bool:
    """Whether any text may hold a control character: a look at the bytes of all of them, cheaper than at each."""
    content = texts.buffers()[2]
    signs = np.frombuffer(content, dtype=np.uint8) if content else np.empty(0, dtype=np.uint8)
    return bool((signs < ord(" ")).any() or (signs == 0x7F).any())


def _indices(array: pa.DictionaryArray) -> Codes:
    filled = pc.fill_null(array.indices, -1) if array.indices.null_count else array.indices
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.int32)


def _plain_text(values: pa.Array) -> pa.Array:
    """Values as trimmed text: whole numbers without a fraction (13085.0 is 13085), blanks as null."""
    kind = values.type
    fractional = pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    texts = pc.replace_substring_regex(_in_full(values), r"\.0*$", "") if fractional else values.cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _in_full(values: pa.Array) -> pa.Array:
    """Fractional numbers as text, without exponents as far as they are whole; NaN and infinity are null."""
    if pa.types.is_decimal(values.type):
        return values.cast(pa.string())
    finite = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type)).cast(pa.float64())
    small = pc.and_(pc.equal(pc.trunc(finite), finite), pc.less(pc.abs(finite), 2.0**53))
    whole = pc.if_else(small, finite, pa.scalar(None, pa.float64())).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(whole, finite.cast(pa.string()))


def _escaped(texts: pa.Array) -> pa.Array:
    return pc.replace_substring(texts, JOINED, JOINED * 2)


def _escaped_behind(texts: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(_escaped(texts), r"^\|", " |")


def joined(left: Key, right: Key) -> Key:
    """Two keys as one: the pairs that occur, coded in the order of the rows."""
    width = np.int64(max(len(right.values), 1))
    pairs = left.codes.astype(np.int64) * width + right.codes
    missing = (left.codes < 0) | (right.codes < 0)
    pair = pa.array(pairs, mask=missing if missing.any() else None).dictionary_encode()
    which = pair.dictionary.to_numpy(zero_copy_only=False)
    first, second = (
        key.values.take(pa.array(index)) for key, index in ((left, which // width), (right, which % width))
    )
    return Key(_indices(pair), pc.binary_join_element_wise(first, second, JOINED))
