"""The compiled loops of hashing rows: words mixed, texts weighed letter by letter, columns added to their rows.

Source of the mixing: Steele, Lea & Flood 2014 (SplitMix64).
"""

# mypy: allow-untyped-defs, allow-untyped-decorators
from __future__ import annotations

import numpy as np
from numba import njit

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@njit(cache=True, nogil=True, inline="always")
def mixed_word(word):
    """A word of 64 bits as another one, one to one: numbers that are near each other end up far apart."""
    word = (word ^ (word >> np.uint64(30))) * FIRST
    word = (word ^ (word >> np.uint64(27))) * SECOND
    return word ^ (word >> np.uint64(31))


@njit(cache=True, nogil=True)
def weigh(ends, content, of_place, hashes):
    """The hash of each text: its bytes, from 1, each times the multiplier of its place.

    The text t is `content[ends[t] : ends[t + 1]]`.
    """
    for text in range(hashes.size):
        total = np.uint64(0)
        for place in range(ends[text + 1] - ends[text]):
            total += (np.uint64(content[ends[text] + place]) + np.uint64(1)) * of_place[place]
        hashes[text] = mixed_word(total)


@njit(cache=True, nogil=True)
def add_coded(rows, codes, table):
    """Add to each row what `table` holds for its code."""
    for row in range(rows.size):
        rows[row] += table[codes[row]]


@njit(cache=True, nogil=True)
def add_mixed(rows, words, factor):
    """Add to each row its word, mixed, times `factor`."""
    for row in range(rows.size):
        rows[row] += mixed_word(words[row]) * factor


@njit(cache=True, nogil=True)
def add_totals(rows, totals):
    """Add to the two totals the hashes of the rows, each mixed in another way."""
    for row in range(rows.size):
        totals[0] += mixed_word(rows[row])
        totals[1] += mixed_word(rows[row] ^ GOLDEN)


@njit(cache=True, nogil=True)
def mix_in(hashes, codes):
    """Make each hash depend on a code as well: rows whose hashes and codes agree still agree."""
    for row in range(hashes.size):
        hashes[row] = mixed_word(hashes[row] ^ (np.uint64(np.int64(codes[row]) + 2) * GOLDEN))
