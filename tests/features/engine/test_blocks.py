"""What is worked out block by block is what NumPy works out at once."""

import numpy as np
import pytest

from features.engine import blocks as subject
from features.engine.repeats import among


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch):
    monkeypatch.setattr(subject, "BLOCK", 7)


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 50])
def test_blocks_hold_every_row_once(rows):
    places = [place for block in subject.blocks(rows) for place in range(block.start, block.stop)]
    assert places == [*range(rows)]


@pytest.mark.parametrize("rows", [0, 1, 50])
def test_counts_are_those_of_all_rows(rows):
    codes = np.random.default_rng(3).integers(0, 9, rows).astype(np.int32)
    np.testing.assert_array_equal(subject.counts(codes, 12), np.bincount(codes, minlength=12))


@pytest.mark.parametrize("rows", [0, 1, 50])
def test_the_few_are_found_among_the_many(rows):
    numbers = np.random.default_rng(4).integers(0, 30, rows).astype(np.uint64)
    few = np.array([0, 3, 17, 29, 2**64 - 1], dtype=np.uint64)
    np.testing.assert_array_equal(among(numbers, few), np.isin(numbers, few))
