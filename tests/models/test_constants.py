"""Every constant that changes a label is in the fingerprint of its target: with another, a model is refused."""

from collections.abc import Callable

import numpy as np
import pytest

from features.engine.assumptions import ASSUMPTIONS
from features.engine.expression import Expression, children
from models import constants, order_acts, supply_acts
from models.churn import CHURN, ChurnThresholds
from models.constants import constants_of
from models.contract_acts import table_kept
from models.order_acts import category_stopped, discount_no_higher, price_rise
from models.partnership import partnership
from models.supply_acts import delivery_failed, invested, lead_time_raised, wallet_share_kept, win_rate_kept
from models.target import After, Target
from tests.models.test_table_acts import FINDINGS, found

TARGETS: dict[str, Callable[[], Target]] = {
    "partnership": partnership,
    **{name: lambda made=made: made(ChurnThresholds(), 14) for name, made in CHURN.items()},  # type: ignore[misc]
}
CASES = {
    ("the year before, of orders", order_acts, "YEAR", 300): (
        {"partnership", "partial"}, {category_stopped, discount_no_higher, price_rise},
    ),
    ("the year before, of tables", supply_acts, "YEAR", 300): (
        {"partnership"}, {lead_time_raised, wallet_share_kept, win_rate_kept},
    ),
    ("who pays", supply_acts, "PAYERS", ("customer",)): ({"partnership"}, {invested}),
    ("the least paid", supply_acts, "LEAST_PAID", 5000): ({"partnership"}, {invested}),
    ("the first half", order_acts, "PARTS", 3): ({"partnership"}, {price_rise, delivery_failed}),
}  # fmt: skip
"""Constants, each with another value: the targets and the findings that rest on it."""


def called(case: tuple[object, ...]) -> str:
    return str(case[0])


def marks() -> dict[str, str]:
    return {name: made().fingerprint for name, made in TARGETS.items()}


def read_by(finding: Callable[..., object], module: object, name: str) -> bool:
    return f"{module.__name__.rpartition('.')[2]}.{name}" in constants_of(finding)  # type: ignore[attr-defined]


@pytest.mark.parametrize("case", CASES, ids=called)
def test_a_constant_is_in_the_fingerprint_of_who_rests_on_it_and_of_nobody_else(case, monkeypatch) -> None:
    before = marks()
    monkeypatch.setattr(*case[1:])
    assert {name for name, mark in marks().items() if mark != before[name]} == CASES[case][0]


@pytest.mark.parametrize("case", CASES, ids=called)
def test_a_constant_is_read_off_the_findings_that_it_changes_and_off_no_other(case, monkeypatch) -> None:
    """The values themselves move: a constant that were named and not used would be a comment."""
    _, module, name, _ = case
    known = {finding for finding in (*FINDINGS, category_stopped) if read_by(finding, module, name)}
    assert known == CASES[case][1]
    tested = [finding for finding in FINDINGS if finding is not category_stopped]
    before = {finding: found(finding) for finding in tested}
    monkeypatch.setattr(*case[1:])
    moved = {finding for finding in tested if not np.array_equal(found(finding), before[finding], equal_nan=True)}
    assert moved == CASES[case][1] - {category_stopped}


def test_every_constant_of_the_findings_has_its_mutant() -> None:
    read = {name for made in TARGETS.values() for name in _constants(made())}
    assert read == {f"{case[1].__name__.rpartition('.')[2]}.{case[2]}" for case in CASES}  # type: ignore[attr-defined]


def _constants(target: Target) -> set[str]:
    return {
        name
        for part in parts([*target.acts.values(), target.label])
        for name in constants_of(getattr(part, "finding", table_kept))
    }


def parts(expressions: list[Expression]) -> list[Expression]:
    return [each for one in expressions for each in (one, *parts(list(children(one))))]


def test_no_target_rests_on_a_number_that_its_leaves_leave_to_the_engine() -> None:
    """Features name such numbers in `features.engine.assumptions`; an act that used them would have to as well."""
    for made in TARGETS.values():
        target = made()
        seen = parts([*target.acts.values(), target.label, target.closes])
        seen += [part.leaf for part in seen if isinstance(part, After)]
        assert not [each.name for each in ASSUMPTIONS for part in seen if each.rests(part)]


def test_constants_of_what_is_called_count_and_a_circle_ends() -> None:
    assert set(constants_of(outer)) == {"test_constants.DEPTH", "test_constants.WORDS"} == set(constants_of(inner))


def test_a_reader_that_looked_at_the_function_alone_would_miss_the_half(monkeypatch) -> None:
    """The mutant: `PARTS` stands in a function that the finding calls."""
    monkeypatch.setattr(constants, "OURS", "nowhere.")
    assert not read_by(delivery_failed, order_acts, "PARTS")


DEPTH, WORDS = 3, ("a", "b")


def outer() -> object:
    return [inner() for _ in range(DEPTH)]


def inner() -> object:
    return outer() if WORDS else None


outer.__module__ = inner.__module__ = "models.test_constants"
