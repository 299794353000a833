"""The label made of the acts: equal to the rule in plain Python, whatever was shown and whichever tables are kept."""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.engine.evaluation import Columns
from features.engine.expression import Cohort, Constant, Expression, Leaf, children
from models.partnership import partnership
from models.target import After, Found
from tests.models.test_outcome_tables import day, history, observed, table

TARGET = partnership()
ACTS = ("stays", "expands", "new_category", "plans", "invests", "renews", "withstands", "concentrates")
UNOBSERVABLE = ("invests", "renews", "withstands", "concentrates")
truths = st.sampled_from([0.0, 1.0, None])


@dataclass(frozen=True)
class Shown:
    """What one customer did: acts, whether it binds itself more, and which tables the supplier keeps."""

    acts: dict[str, float | None]
    lead: float | None
    committed: float | None
    kept: frozenset[str]


@st.composite
def anything_shown(draw: st.DrawFn) -> Shown:
    certain = st.sampled_from([0.0, 1.0])
    acts = {name: draw(truths if name in (*UNOBSERVABLE, "new_category") else certain) for name in ACTS}
    lead, committed = draw(truths), draw(truths)
    if 1.0 in (lead, committed):
        acts["plans"] = 1.0
    return Shown(acts, lead, committed, frozenset(draw(st.sets(st.sampled_from(["contracts", "investments"])))))


def by_the_rule(shown: Shown) -> float:
    """Stays; looks ahead; two acts, an expansion into a new category being two. What is unknown is not shown."""
    did = {name: act == 1 for name, act in shown.acts.items()}
    binds = shown.lead == 1 or shown.committed == 1
    planned = did["plans"] if not shown.kept else binds
    ahead = planned or did["invests"] or did["renews"]
    others = sum(did[name] for name in ("plans", *UNOBSERVABLE))
    return float(did["stays"] and ahead and others + did["expands"] * (1 + did["new_category"]) >= 2)


def labelled(shown: Shown) -> float:
    """The label, with every act replaced by what was shown of it."""

    def known(act: float | None) -> Constant:
        return Constant(math.nan if act is None else act)

    by_name = {"lead_time_raised": known(shown.lead), "commitment_raised": known(shown.committed)}
    given_values = {TARGET.acts[name]: np.array([known(act).value]) for name, act in shown.acts.items()}
    for node in _found(TARGET.label):
        if node.name == "table_kept":
            given_values[node] = np.array([1.0 if node.table in shown.kept else math.nan])
        elif node.name in by_name:
            given_values[node] = np.array([by_name[node.name].value])
    return float(Columns(1, 90, given_values).value(TARGET.label)[0])


def _found(expression: Expression) -> set[Found]:
    if isinstance(expression, Found):
        return {expression}
    if isinstance(expression, Leaf | After | Cohort):
        return set()
    return set().union(*map(_found, children(expression)))


@given(shown=anything_shown())
def test_label_is_the_rule(shown):
    assert labelled(shown) == by_the_rule(shown)


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
