"""Whom a play is advised for: what is counted on, what is expected, and how much lots were able to show."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from models.decision.lots import Lots
from models.decision.uplift import Gain
from pipeline.outcomes import uplift
from pipeline.outcomes.attempts import Attempts
from pipeline.outcomes.gains import GAINED, gains
from pipeline.outcomes.whom import Whom
from tests.pipeline.outcomes.made_attempts import attempts_of


@dataclass(frozen=True)
class Known:
    """A model that says of each customer what it was told to."""

    expected: tuple[float, ...]
    counted: tuple[float, ...]

    def gain(self, values: np.ndarray, names: tuple[str, ...]) -> Gain:
        assert (values.shape, names) == ((len(self.expected), 1), ("risk_before",))
        return Gain(np.array(self.expected), np.array(self.counted))


CALL = Whom("call", 500, model=Known((0.1, 0.0, -0.1, 0.1), (0.05, 0.0, -0.2, -0.1)), enough=True)
TODAY = attempts_of(4, (500,), risk=[0.1, 0.2, 0.3, 0.4])


def test_without_a_model_or_without_anybody_there_is_nothing_to_gain() -> None:
    for found, present in (([Whom("call", 500)], TODAY), ([CALL], None)):
        assert (gains(found, present).empty, list(gains(found, present).columns)) == (True, GAINED)


@pytest.mark.parametrize(
    ("enough", "avoid"), [(True, {"c001", "c002", "c003"}), (False, {"c002"})], ids=["lots enough", "too few"]
)
def test_whoever_is_not_counted_on_is_avoided_once_lots_were_enough_to_show(enough: bool, avoid: set[str]) -> None:
    found = gains([replace(CALL, enough=enough)], TODAY).set_index("customer_id")
    assert set(found.index[found["avoid"]]) == avoid
    assert found.index[found["advised"]].tolist() == ["c000"]
    assert found.index[found["harmed"]].tolist() == ["c002"]
    assert not found["better_than_risk"].any()


def test_within_a_play_the_most_comes_first_and_of_equals_the_first_name() -> None:
    visit = replace(CALL, play="visit", model=Known((0, 0.3, 0.2, 0.1), (0, 0, 0, 0)))
    found = gains([visit, CALL], TODAY)
    assert list(zip(found.index, found["play"], strict=True)) == [*enumerate(["call"] * 4 + ["visit"] * 4)]
    assert found["customer_id"].tolist() == ["c000", "c003", "c001", "c002", "c001", "c002", "c003", "c000"]
    assert found["risk_before"].tolist()[:4] == [0.1, 0.4, 0.2, 0.3]


def lots_of(*cells: int, risk: float = 0.5) -> tuple[Lots, Attempts]:
    """So many treated who left, treated who stayed, held out who left, held out who stayed."""
    left, treated = np.repeat([1, 0, 1, 0], cells), np.repeat([True, True, False, False], cells)
    said = attempts_of(left.size, label=left, risk=risk)
    data = said.data
    names = ("risk_before",)
    return Lots(said.modifiers, names, treated, left.astype(float), said.orders, data.cutoff, data.customer_id), said


@pytest.mark.parametrize("scarce", range(4))
@pytest.mark.parametrize(("found", "why"), [(100, ""), (99, "it takes 100 customers of each arm who left, and who st")])
def test_a_model_takes_a_hundred_of_each_arm_who_left_and_who_stayed(scarce: int, found: int, why: str) -> None:
    cells = [150] * 4
    cells[scarce] = found
    lots, said = lots_of(*cells)
    told = uplift._too_little(lots, said.risk)
    assert told.startswith(why) and bool(told) == bool(why)
    assert not why or f"there are {found}" in told


def test_a_model_takes_the_risk_before_of_somebody() -> None:
    lots, said = lots_of(150, 150, 150, 150, risk=np.nan)
    assert uplift._too_little(lots, said.risk) == uplift.NO_RISK
    assert uplift._too_little(lots, np.append(said.risk[1:], 0.3)) == ""


@pytest.mark.parametrize(
    ("treated", "held", "enough"), [(4356, 4356, True), (4340, 4356, False), (4356, 4340, False)], ids=str
)
def test_lots_are_enough_where_each_arm_would_show_three_of_a_hundred(treated: int, held: int, enough: bool) -> None:
    """Of those held out half leave: 4,353 an arm. Of the treated everybody stays, and that does not count."""
    lots, _ = lots_of(0, treated, held // 2, held // 2)
    assert uplift._enough(lots) is enough
