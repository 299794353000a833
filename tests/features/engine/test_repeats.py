"""Numbers that occur more than once are found, whatever they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine.repeats import repeated

FEW = st.sampled_from((0, 1, 2, 256, 2**56, 2**56 + 1, 2**63, 2**64 - 1))


@given(st.lists(st.one_of(FEW, st.integers(0, 2**64 - 1)), max_size=60))
def test_repeated_are_those_counted_twice(numbers):
    values, counts = np.unique(np.array(numbers, dtype=np.uint64), return_counts=True)
    assert repeated(np.array(numbers, dtype=np.uint64)).tolist() == values[counts > 1].tolist()


@pytest.mark.parametrize("step", [1, 2**40, 2**55])
def test_numbers_in_a_row_are_all_different(step):
    assert repeated(np.arange(1, 200, dtype=np.uint64) * np.uint64(step) + np.uint64(7)).size == 0
