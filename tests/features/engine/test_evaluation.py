"""Cohort values of the same arguments are computed once, and only then."""

import math

import numpy as np
import pytest

from features.engine import evaluation
from features.engine.days import EVER, Days, Window
from features.engine.evaluation import Columns, give_cohorts
from features.engine.expression import Cohort, Leaf

NULL = math.nan
EVER_BOUGHT, LATELY = (Leaf("order_days", "total", "orders", Window(reach)) for reach in (EVER, Days(730)))


def calls(monkeypatch: pytest.MonkeyPatch, nodes: list[Cohort], ever: list[float], lately: list[float]) -> int:
    """How often the function is called for the nodes; what each is told is what it alone would be."""
    function, seen = evaluation.COHORT_FUNCTIONS["eligible"], []

    def counted(*given):
        seen.append(given)
        return function(*given)

    monkeypatch.setitem(evaluation.COHORT_FUNCTIONS, "eligible", counted)
    given, eligible = {EVER_BOUGHT: np.array(ever), LATELY: np.array(lately)}, np.ones(len(ever), dtype=bool)
    together = Columns(len(ever), 90, dict(given))
    give_cohorts(together, nodes, eligible)
    number = len(seen)
    for node in nodes:
        alone = Columns(len(ever), 90, dict(given))
        give_cohorts(alone, [node], eligible)
        assert together.found[node].tobytes() == alone.found[node].tobytes()
    return number


def ranks(*leaves: Leaf) -> list[Cohort]:
    return [Cohort("eligible", "rank", (leaf,)) for leaf in leaves]


@pytest.mark.parametrize(
    ("ever", "lately", "number"),
    [
        ([3.0, 1.0, NULL], [3.0, 1.0, NULL], 1),
        ([3.0, 1.0, NULL], [3.0, 1.0, 2.0], 2),
        ([3.0, 1.0, 2.0], [3.0, 1.0, NULL], 2),
        ([3.0, 0.0, 2.0], [3.0, -0.0, 2.0], 2),
    ],
)
def test_of_two_arguments_that_agree_bit_by_bit_values_are_computed_once(monkeypatch, ever, lately, number):
    assert calls(monkeypatch, ranks(EVER_BOUGHT, LATELY), ever, lately) == number


def test_an_output_that_was_not_asked_for_is_computed(monkeypatch):
    nodes = [Cohort("eligible", "median", (EVER_BOUGHT,)), *ranks(LATELY)]
    assert calls(monkeypatch, nodes, [3.0, 1.0], [3.0, 1.0]) == 2
