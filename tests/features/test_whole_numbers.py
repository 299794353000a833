"""Whole numbers as ranks: what NumPy's sort says, however they are split, and nothing where they lie too far apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine.whole_numbers import LEAST_SPAN, ranked

LEAST, LARGEST = -(2**63), 2**63 - 1


@given(st.integers(LEAST, LARGEST - 300), st.lists(st.lists(st.integers(0, 300), max_size=9), max_size=4))
def test_codes_and_values_are_those_of_sorting(least: int, parts: list[list[int]]) -> None:
    numbers = [np.array([least + step for step in part], dtype=np.int64) for part in parts]
    whole = np.concatenate([np.empty(0, dtype=np.int64), *numbers])
    found = ranked(numbers)
    if not whole.size:
        assert found is None
        return
    assert found is not None
    values, codes = np.unique(whole, return_inverse=True)
    assert np.array_equal(found[1], values)
    assert np.array_equal(found[0], codes.ravel())


@pytest.mark.parametrize("step", [1, 63, 64, 65, LEAST_SPAN - 1])
def test_the_edges_of_words_are_told_apart(step: int) -> None:
    found = ranked([np.array([step, 0, step], dtype=np.int64)])
    assert found is not None
    assert found[0].tolist() == [1, 0, 1]
    assert found[1].tolist() == [0, step]


@pytest.mark.parametrize("numbers", [[0, LEAST_SPAN], [LEAST, LARGEST], [-1, LARGEST]])
def test_numbers_strewn_too_widely_are_left_to_a_dictionary(numbers: list[int]) -> None:
    assert ranked([np.array(numbers, dtype=np.int64)]) is None
