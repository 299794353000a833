"""A drifting customer without another reason is told what put it there, never that nothing is out of the ordinary."""

import pytest

from models.decision.drifting import why_drifting
from models.explanation.language import ENGLISH

SAID = [
    (0.34, 0.21, False, "The chance of leaving is 34%; from 21% on, doing something for this customer pays."),
    (0.34, 0.21, True, "The chance of leaving is 34%; from 21% on, doing something for this customer pays."),
    (0.21, 0.21, False, "The chance of leaving is 21%; from 21% on, doing something for this customer pays."),
    (0.21, 0.21, True, "The chance of leaving is 21%; from 21% on, doing something for this customer pays."),
    (0.12, 0.21, True, "The chance of leaving rose twice running above what is usual of this customer, to 12%."),
    (
        0.12,
        float("nan"),
        True,
        "The chance of leaving rose twice running above what is usual of this customer, to 12%.",
    ),
    (0.99999, 0.21, False, "The chance of leaving is over 99%; from 21% on, doing something for this customer pays."),
    (0.20, 0.21, False, "The chance of leaving, 20%, no longer calls for it by itself, but has not fallen clearly or"),
]


@pytest.mark.parametrize(("chance", "threshold", "falling", "words"), SAID)
def test_the_rule_that_put_it_there_is_said_with_its_numbers(chance, threshold, falling, words):
    assert why_drifting(chance, threshold, ENGLISH, falling=falling).startswith(words)
