"""The label made of the acts: equal to the rule in plain Python, whatever was shown and whichever tables are kept."""

import math
from datetime import date
from itertools import product

import numpy as np
import pytest

from features.engine.evaluation import Columns
from features.engine.expression import Cohort, Expression, Leaf, children
from models.partnership import partnership
from models.target import After, Found
from tests.models.test_outcome_tables import day, history, observed, table

TARGET = partnership()
ACTS = ("stays", "expands", "new_category", "plans", "invests", "renews", "withstands", "concentrates")
UNOBSERVABLE = ("invests", "renews", "withstands", "concentrates")
TRUTHS = (0.0, 1.0, math.nan)
POSSIBLE = [
    TRUTHS if name in (*UNOBSERVABLE, "new_category", "lead", "committed") else (0.0, 1.0)
    for name in (*ACTS, "lead", "committed", "contracts", "investments")
]
"""What may be shown of each act, of binding oneself more, and whether either table is kept."""


def everything_shown() -> dict[str, np.ndarray]:
    """All that a customer can show, (combinations,) by name; who binds itself more plans."""
    columns = np.array(list(product(*POSSIBLE))).T
    shown = dict(zip((*ACTS, "lead", "committed", "contracts", "investments"), columns, strict=True))
    binds = (shown["lead"] == 1) | (shown["committed"] == 1)
    return {name: column[~binds | (shown["plans"] == 1)] for name, column in shown.items()}


def by_the_rule(shown: dict[str, float]) -> float:
    """Stays; looks ahead; two acts, an expansion into a new category being two. What is unknown is not shown."""
    did = {name: act == 1 for name, act in shown.items()}
    planned = did["plans"] if not (did["contracts"] or did["investments"]) else did["lead"] or did["committed"]
    ahead = planned or did["invests"] or did["renews"]
    others = sum(did[name] for name in ("plans", *UNOBSERVABLE))
    return float(did["stays"] and ahead and others + did["expands"] * (1 + did["new_category"]) >= 2)


def labelled(shown: dict[str, np.ndarray]) -> np.ndarray:
    """The label, with every act replaced by what was shown of it."""
    findings = {"lead_time_raised": shown["lead"], "commitment_raised": shown["committed"]}
    given_values = {TARGET.acts[name]: shown[name] for name in ACTS}
    for node in _found(TARGET.label):
        if node.name == "table_kept":
            given_values[node] = np.where(shown[node.table] == 1, 1.0, math.nan)
        elif node.name in findings:
            given_values[node] = findings[node.name]
    return Columns(shown["stays"].size, 90, given_values).value(TARGET.label)


def _found(expression: Expression) -> set[Found]:
    if isinstance(expression, Found):
        return {expression}
    if isinstance(expression, Leaf | After | Cohort):
        return set()
    return set().union(*map(_found, children(expression)))


def test_label_is_the_rule_whatever_is_shown():
    shown = everything_shown()
    rows = np.array(list(shown.values())).T
    expected = [by_the_rule(dict(zip(shown, row, strict=True))) for row in rows.tolist()]
    assert len(expected) > 30_000
    np.testing.assert_array_equal(labelled(shown), expected)


# Being regular is a habit: it looks ahead only where no table tells who does


MORE_FROM_US = table(
    "wallet",
    customer_id=["ann"] * 2,
    month=[date(2020, 11, 1), date(2021, 2, 1)],
    category=["c"] * 2,
    our_amount=[50, 60],
    total_amount=[100] * 2,
)
OF_SOMEBODY = {
    "contracts": table(
        "contracts",
        contract_id=["z"],
        customer_id=["zoe"],
        signed_on=[day(-300)],
        starts_on=[day(-300)],
        ends_on=[day(30)],
    ),
    "investments": table("investments", customer_id=["zoe"], invested_on=[day(-300)], kind=["money"], amount=[500]),
    "deliveries": table("deliveries", customer_id=["zoe"], order_id=["end"], promised_on=[day(2001)]),
}


@pytest.mark.parametrize(
    ("kept", "label"), [([], 1), (["deliveries"], 1), (["contracts"], 0), (["investments"], 0), ([*OF_SOMEBODY], 0)]
)
def test_a_regular_customer_looks_ahead_only_where_neither_contracts_nor_investments_are_kept(kept, label):
    found = observed(partnership(), history(wallet=MORE_FROM_US, **{name: OF_SOMEBODY[name] for name in kept}))
    assert (found.acts["plans"][0], found.acts["concentrates"][0], found.label[0]) == (1, 1, label)


def test_an_investment_looks_ahead_where_they_are_kept():
    own = table("investments", customer_id=["ann"], invested_on=[day(5)], kind=["money"], amount=[500])
    found = observed(partnership(), history(investments=own))
    assert (found.acts["plans"].tolist(), found.label.tolist()) == ([1, 1, 1], [1, 0, 0])


@pytest.mark.parametrize(("lost", "concentrates"), [(0, 1), (1, 0)])
def test_offers_accepted_tell_of_concentrating_where_there_is_no_wallet(lost, concentrates):
    outcome = ["won"] * (6 - lost) + ["lost"] * lost
    decided = [day(ago) for ago in (-300, -200, -100, 10, 20, 30)]
    quotes = table("quotes", customer_id=["ann"] * 6, quoted_on=decided, amount=[9] * 6, outcome=outcome)
    assert observed(partnership(), history(quotes=quotes)).acts["concentrates"][0] == concentrates
