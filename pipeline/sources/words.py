"""The user's words for what the contract has fixed words for, and for numbers, days, yes and no."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.settings.history import Meaning, TableSettings, read_from
from pipeline.sources.database import literal
from pipeline.sources.files import Source
from pipeline.sources.keys import Key, Mask
from pipeline.sources.sql import text

AS_A_FRACTION = r"^(-?[0-9]+)\.0+$"
"""A code that a table with gaps made a fraction: 2.0 is the word "2"."""


def in_our_words(key: Key, choices: Sequence[str], meanings: Mapping[str, Meaning]) -> Key:
    """The key with the words for its choices as ours: those of `meanings`, else the choice itself, in any capitals.

    What is no choice stays as it is.
    """
    ours = {word.lower(): word for word in choices} | {
        _folded(word.strip()): str(choice) for word, choice in meanings.items()
    }
    return key.changed(
        lambda texts: pa.array([text and ours.get(_folded(text), text) for text in texts.to_pylist()], pa.string())
    )


def no_choice(key: Key, choices: Sequence[str]) -> Mask:
    """The rows whose key is none of the choices."""
    return key.matching(lambda texts: pc.invert(pc.is_in(texts, value_set=pa.array(choices, pa.string()))))


def _folded(word: str) -> str:
    return re.sub(AS_A_FRACTION, r"\1", word.lower())


def as_stated(source: Source, column: str, meanings: Mapping[str, Meaning], parsed: str) -> str:
    """A column as SQL: where it holds one of the words, what that stands for; elsewhere as it is `parsed`."""
    whens = " ".join(
        f"WHEN {_is_one_of(source, column, [word])} THEN {_value(meaning)}" for word, meaning in meanings.items()
    )
    return f"CASE {whens} ELSE {parsed} END" if whens else parsed


def holds_nothing(source: Source, settings: TableSettings, name: str) -> str:
    """Whether a history column holds nothing whatever stands in its cell, as SQL; "" where it never does.

    The cell has a word for nothing, or the row is `pending`: what has not come yet has no day, only an expected one.
    """
    meanings, mapped = settings.meanings, settings.mapped
    words = [word for word, meaning in meanings.get(name, {}).items() if meaning == ""]
    tests = [_is_one_of(source, column, words) for column in read_from(mapped[name])] if words else []
    pending = source.table.pending
    if pending is not None and pending.date == name and pending.state in mapped:
        states = {pending.while_it_is: pending.while_it_is}
        states |= {_folded(word.strip()): str(meaning) for word, meaning in meanings.get(pending.state, {}).items()}
        (state,) = read_from(mapped[pending.state])
        same = [word for word, meaning in states.items() if meaning == pending.while_it_is]
        tests += [_is_one_of(source, state, same)] if same else []
    return " OR ".join(tests)


def _is_one_of(source: Source, column: str, words: Sequence[str]) -> str:
    """Whether a column holds one of the words, in any capitals; never null."""
    listed = ", ".join(_plain(literal(word.strip())) for word in words)
    return f"coalesce({_plain(text(source, column))} IN ({listed}), false)"


def _plain(sql: str) -> str:
    return f"regexp_replace(lower({sql}), {literal(AS_A_FRACTION)}, '\\1')"


def _value(meaning: Meaning) -> str:
    if meaning == "":
        return "NULL"
    if isinstance(meaning, bool):
        return str(meaning).lower()
    return f"DATE {literal(meaning.isoformat())}" if isinstance(meaning, date) else f"CAST({meaning!r} AS DOUBLE)"
