"""What a customer leaves over unit costs: its own share, as known at the date; who pays less than cost is worth 0."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "features"))  # the histories of the feature tests

from customers import OPTIONAL, Line, cohort_at
from histories import ANYBODY, busy_supplier, day, to_matrix, to_store

from features.catalogue import FEATURES
from models.evaluation.profit import Offer, expected_profit, least_probability
from models.explanation.language import ENGLISH
from models.target import OutcomeWindow
from pipeline.config import load_config
from pipeline.export.facts import facts
from pipeline.matrices.dataset import Dataset
from pipeline.outcomes.after import money_after
from pipeline.standing.margins import USUAL_LINES, Margins, margins_at, shares_at, shares_of
from pipeline.standing.values import PACE, expected_margin, expected_spend, margin_of

T = date(2022, 1, 1)
SCORING = load_config("demo").scoring
CHOSEN = [feature for feature in FEATURES if feature.name in PACE]


def line(customer: str, ago: int, cents: int, cost: int | None, quantity: float = 1.0) -> Line:
    return Line(customer, f"{customer} {ago}", T - timedelta(days=ago), cents=cents, unit_cost=cost, quantity=quantity)


LINES = [
    *(line("ann", ago, 10_000, 6_000) for ago in (10, 20, 30)),  # leaves 40 %
    *(line("bob", ago, 10_000, 4_500, 2.0) for ago in (10, 20)),  # 10 %
    line("bob", 40, 10_000, None),
    line("cy", 15, 10_000, 15_000),  # -50 %
    line("dee", 15, 10_000, None),
]
USUAL = 1 - (3 * 60 + 2 * 90 + 150) / 600


def share(number: int, own: float) -> float:
    return (number * own + USUAL_LINES * USUAL) / (number + USUAL_LINES)


def reference(lines: Sequence[Line], cutoff: date, has: Iterable[str]) -> dict[str, float]:
    """The shares in plain Python, by customer."""
    chosen = frozenset(has)
    found = {
        c.name: [each for each in c.within(c.bought, 365) if each.unit_cost is not None and each.quantity is not None]
        for c in cohort_at(lines, cutoff, 90, chosen).customers
    }
    if not {"unit_cost", "net_amount", "quantity"} <= chosen or not any(found.values()):
        return dict.fromkeys(found, SCORING.margin_share)

    def own(some: list[Line]) -> float:
        return 1 - sum(each.unit_cost * each.quantity for each in some) / sum(each.cents for each in some)

    usual = own([each for some in found.values() for each in some])
    shares = {name: own(some) if some else 0 for name, some in found.items()}
    weight = {name: len(some) / (len(some) + USUAL_LINES) for name, some in found.items()}
    return {name: weight[name] * shares[name] + (1 - weight[name]) * usual for name in found}


def by_name(lines: Sequence[Line], cutoff: date, has: Iterable[str] = OPTIONAL) -> dict[str, float]:
    store = to_store(lines, has)
    return dict(zip(store.customer_ids, margins_at(store, cutoff, SCORING).share.tolist(), strict=True))


def test_worked_example() -> None:
    found = margins_at(to_store(LINES), T, SCORING)
    assert (found.own, found.lines, found.without_cost, found.at_a_loss) == (True, 8, 2, 0)
    assert found.usual == pytest.approx(USUAL)
    assert found.share == pytest.approx([share(3, 0.4), share(2, 0.1), share(1, -0.5), USUAL])


@pytest.mark.parametrize("lacking", [(), ("unit_cost",), ("known_on",), ("is_return",), ("quantity",)])
@pytest.mark.parametrize("cutoff", [day(-400), day(0), day(300)])
def test_shares_agree_with_plain_python(cutoff: date, lacking: tuple[str, ...]) -> None:
    lines, has = busy_supplier(20), set(OPTIONAL) - set(lacking)
    plain, found = reference(lines, cutoff, has), by_name(lines, cutoff, has)
    assert plain
    assert {name: found[name] for name in plain} == pytest.approx(plain)


def test_what_is_known_later_changes_nothing() -> None:
    lines, cutoff = busy_supplier(20), day(0)
    known = [each for each in lines if each.known_on < cutoff]
    late = [each for each in lines if each.day < cutoff <= each.known_on]
    poison = [replace(each, unit_cost=99_999_999, cents=1, quantity=5.0) for each in lines if each not in known]
    assert late
    plain, told = by_name(known, cutoff), by_name([*known, *poison], cutoff)
    assert {name: told[name] for name in plain} == pytest.approx(plain, rel=1e-12)
    # the mutant: rows as they are seen with hindsight
    settled = margins_at(to_store([*known, *poison]).settled(), cutoff, SCORING)
    assert settled.usual < -1


@pytest.mark.parametrize("lacks", ["values", "column"])
def test_without_unit_costs_the_configured_share_holds(lacks: str) -> None:
    lines = LINES if lacks == "column" else [replace(each, unit_cost=None) for each in LINES]
    found = margins_at(to_store(lines, set(OPTIONAL) - ({"unit_cost"} if lacks == "column" else set())), T, SCORING)
    assert (found.own, found.lines, found.without_cost) == (False, 8, 8)
    assert found.usual == SCORING.margin_share
    assert set(found.share) == {SCORING.margin_share}
    assert found.text() == "margin: 30% of spend ([scoring] margin_share), as no unit cost is known"


def test_each_row_has_the_share_of_its_cutoff() -> None:
    lines, days = busy_supplier(10), [day(0), day(300)]
    store, matrix = to_store(lines), to_matrix(lines, days, features=CHOSEN, population=ANYBODY)
    one, other = (margins_at(store, each, SCORING).share for each in days)
    spine = matrix.spine
    expected = [(one, other)[at][who] for who, at in zip(spine.customer, spine.cutoff, strict=True)]
    assert shares_of(store, matrix, SCORING).tolist() == expected
    dated = np.array(days, dtype="datetime64[D]")[spine.cutoff]
    assert shares_at(store, spine.customer, dated, SCORING).tolist() == expected


def test_who_pays_less_than_cost_is_worth_nothing_and_no_offer_pays() -> None:
    lines = [*LINES, *(line("cy", ago, 200, 300) for ago in range(20, 40))]
    store, matrix = to_store(lines), to_matrix(lines, [T], features=CHOSEN, population=ANYBODY)
    found, value = margins_at(store, T, SCORING), margin_of(store, matrix, SCORING)
    assert list(found.share < 0) == [False, False, True, False]
    assert (found.at_a_loss, list(value > 0)) == (1, [True, True, False, True])
    assert value[2] == 0
    assert least_probability(value, Offer())[2] == np.inf
    for left in (0, 1):
        assert expected_profit(np.full(4, left), value, Offer())[2] == -Offer().contact_cost
    # the mutant: a loss as a value below 0, of which one would give away the more the better
    absurd = expected_spend(matrix, SCORING.planning_days) * found.share
    assert expected_profit(np.zeros(4), absurd, Offer(contact_cost=0))[2] > 0


def test_customers_differ_by_their_own_margin() -> None:
    store, matrix = to_store(LINES), to_matrix(LINES, [T], features=CHOSEN, population=ANYBODY)
    spend, value = expected_spend(matrix, SCORING.planning_days), margin_of(store, matrix, SCORING)
    assert value == pytest.approx(spend * margins_at(store, T, SCORING).share)
    assert expected_margin(matrix, np.full(4, 0.3), SCORING) == pytest.approx(spend * 0.3)  # the mutant
    assert len(set((value / spend).round(6))) == 4


def test_with_hindsight_lines_without_a_cost_bring_the_share_of_their_customer() -> None:
    later = [replace(each, day=T + timedelta(days=5), order=f"{each.order} later") for each in LINES]
    store = to_store([*LINES, *later])
    rows, when, label = np.arange(4, dtype=np.int32), np.full(4, np.datetime64(T)), np.zeros(4, dtype=np.float32)
    data = Dataset(store.customer_ids, rows, when, (), np.zeros((4, 0), dtype=np.float32), label, when)
    spend, margin = money_after(store, data, OutcomeWindow(0, 30), np.array([0.9, 0.2, 0.9, 0.4]))
    assert spend.tolist() == [300, 300, 100, 100]
    assert margin == pytest.approx([120, 20 + 0.2 * 100, -50, 40])


def test_an_export_says_which_margin_it_rests_on() -> None:
    config = load_config("demo")
    own, flat = Margins(np.zeros(1), 0.126, own=True), Margins(np.full(1, 0.3), 0.3, own=False)
    assert facts(config, "EUR", T, flat, ENGLISH)["Margin"] == "30% of spend, over a planning period of 365 days"
    assert facts(config, "EUR", T, own, ENGLISH)["Margin"].startswith("each customer's own by unit costs, 12.6% of all")


def test_what_was_left_out_is_told() -> None:
    found = Margins(np.array([0.2, -0.1]), 0.126, own=True, lines=2_000, without_cost=1_200)
    assert found.text() == (
        "margin: the customers' own by unit costs, 12.6% of all spend of the year before; 1,200 of 2,000 lines have no "
        "cost and are left out; customers that pay less than cost, and count as worth 0: 1"
    )
    assert found.summary() == {
        "from": "unit costs", "share": 0.126, "lines": 2_000, "lines_without_cost": 1_200, "customers_at_a_loss": 1
    }  # fmt: skip
