"""The user's words for what the contract has fixed words for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sources.keys import Key, Mask


def in_our_words(key: Key, choices: Sequence[str], meanings: Mapping[str, str]) -> Key:
    """The key with the words for its choices as ours: those of `meanings`, else the choice itself, in any capitals.

    What is no choice stays as it is.
    """
    ours = {word.lower(): word for word in choices} | {
        word.strip().lower(): choice for word, choice in meanings.items()
    }
    return key.changed(
        lambda texts: pa.array([text and ours.get(text.lower(), text) for text in texts.to_pylist()], pa.string())
    )


def no_choice(key: Key, choices: Sequence[str]) -> Mask:
    """The rows whose key is none of the choices."""
    return key.matching(lambda texts: pc.invert(pc.is_in(texts, value_set=pa.array(choices, pa.string()))))
