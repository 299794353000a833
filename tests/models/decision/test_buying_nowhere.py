"""Who buys nowhere is told apart from a wallet that comes late for everybody."""

import numpy as np
import pytest

from models.decision.buying_nowhere import buying_nowhere, buys_nowhere
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
    known = np.array(days, dtype=np.float64)
    found = buying_nowhere(known, ENGLISH)
    assert [bool(each) for each in found] == buys_nowhere(known).tolist()
    assert [each for each in found if each] == [TOLD.format(each) for each in told] and len(found) == len(days)
