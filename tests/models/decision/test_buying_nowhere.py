"""Who buys nowhere is told apart from a wallet that comes late for everybody."""

import numpy as np
import pytest

from models.decision.buying_nowhere import buying_nowhere
from models.explanation.language import ENGLISH

TOLD = (
    "No purchase from anybody, from us or from others, has become known for {} days: find out first whether it is "
    "still in business."
)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([29, 29, 29, 118, 117, np.nan], ["118"]),
        ([129, 129, 129, 218, 130], ["218"]),  # nobody's wallet of the last quarter has come
        ([np.nan, np.nan], []),
        ([], []),
    ],
)
def test_three_months_longer_than_usual(days: list[float], told: list[str]) -> None:
    found = buying_nowhere(np.array(days, dtype=np.float64), ENGLISH)
    assert [each for each in found if each] == [TOLD.format(each) for each in told] and len(found) == len(days)
