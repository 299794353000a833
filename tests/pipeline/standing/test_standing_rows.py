"""What counts as new business where customers stand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.engine.draft import Spine
from features.engine.plan import ELIGIBLE, Matrix
from pipeline.standing.standing_rows import NEW_BUSINESS, SETTLED, TENURE, expands


def matrix(**columns: float) -> Matrix:
    """One eligible customer with these features."""
    spine = Spine(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32), np.full(1, ELIGIBLE, dtype=np.int8))
    return Matrix(spine, (date(2024, 3, 1),), tuple(columns), np.array([list(columns.values())], dtype=np.float32))


CATEGORY, PRODUCT = NEW_BUSINESS
CASES = {
    "a new category, taken up by an old customer": ({CATEGORY: 1, TENURE: SETTLED}, True),
    "all is new to who has just begun": ({CATEGORY: 6, TENURE: SETTLED - 1}, False),
    "nothing new": ({CATEGORY: 0, TENURE: 900}, False),
    "new products in old categories are no expansion": ({CATEGORY: 0, PRODUCT: 3, TENURE: 900}, False),
    "no categories kept: products speak": ({CATEGORY: np.nan, PRODUCT: 1, TENURE: 900}, True),
    "since when is not known": ({CATEGORY: 1}, True),
}


@pytest.mark.parametrize(("columns", "expected"), CASES.values(), ids=CASES.keys())
def test_new_business_is_what_a_settled_customer_takes_up(columns: dict[str, float], expected: bool) -> None:
    assert list(expands(matrix(**columns))) == [expected]
