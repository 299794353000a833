"""What the targets mean, on one customer among steady peers. Amounts in cents, horizon 90 days, cutoff day 0."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "features"))  # the histories of the feature tests

from customers import Line
from histories import ANYBODY, EVERYTHING, day, to_store

from features.engine.plan import build
from models.churn import CHURN, silence
from models.observation import observe
from models.partnership import PartnershipThresholds, partnership
from models.target import OutcomeWindow

MONTHLY = [Line("ann", f"before {month}", day(-15 - 30 * month), "old", cents=10_000) for month in range(12)]
ON = [Line("ann", f"after {month}", day(15 + 30 * month), "old", cents=10_000) for month in range(3)]
LONG_AGO = Line("ann", "long ago", day(-400), "old", cents=10_000)
PEERS = [replace(line, customer=name) for name in ("bo", "cy", "di") for line in MONTHLY + ON]
LOYAL = [Line("bo", f"before {ago}", day(-ago), "old", cents=10_000) for ago in range(15, 1000, 30)]
STEADY_PEERS = [replace(line, customer=name) for name in ("bo", "cy", "di", "ed") for line in LOYAL] + [
    replace(line, customer=name) for name in ("bo", "cy", "di", "ed") for line in ON
]
END = [Line("the end", "end", day(3000))]


def after(*orders: tuple[int, str, int]) -> list[Line]:
    """Ann's orders after the cutoff: day, product, cents."""
    return [Line("ann", f"after {on}", day(on), product, cents=cents) for on, product, cents in orders]


def acts(lines: list[Line], has=EVERYTHING, horizon=90, **thresholds: float) -> dict[str, float]:
    """Ann's acts and label."""
    store = to_store(lines + END, has)
    matrix = build(store, [day(0)], (), horizon_days=horizon, population=ANYBODY)
    found = observe(store, matrix, partnership(PartnershipThresholds(**thresholds)), OutcomeWindow(0, horizon))
    return {name: float(act[0]) for name, act in {**found.acts, "label": found.label}.items()}


STEADY = ((15, "old", 10_000), (45, "old", 10_000), (75, "old", 10_000))
NEW_TWICE = ((20, "new", 100), (50, "new", 100))


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ((), {"stays": 0, "expands": 0, "plans": 0, "label": 0}),
        (STEADY, {"stays": 1, "expands": 0, "plans": 1, "label": 0}),
        ((*STEADY, *NEW_TWICE), {"stays": 1, "expands": 1, "plans": 1, "label": 1}),
        ((*STEADY, NEW_TWICE[0]), {"expands": 0, "label": 0}),  # bought on one day only
        ((*STEADY, NEW_TWICE[0], NEW_TWICE[0]), {"expands": 0}),  # twice on one day
        ((*STEADY, (20, "new", 100), (50, "newer", 100)), {"expands": 0}),  # two products, once each
        ((*NEW_TWICE, (75, "new", 29_800)), {"stays": 1, "expands": 0}),  # the new in place of the old
        (((15, "old", 4_000), (45, "old", 5_500), (75, "old", 5_500)), {"stays": 1, "plans": 1}),  # half
        (((15, "old", 4_000), (45, "old", 5_500), (75, "old", 5_499)), {"stays": 0}),  # a cent less than half
        (((15, "old", 15_000), (45, "old", 15_000)), {"stays": 1, "plans": 0}),  # two months of three
    ],
)
def test_acts_of_a_customer_who_ordered_every_month(orders, expected):
    found = acts([*MONTHLY, *PEERS, *after(*orders)])
    assert {name: found[name] for name in expected} == expected


def test_old_products_hold_at_nine_tenths_of_what_peers_kept():
    held = [27_000 - 1, 27_000]
    found = [acts([*MONTHLY, *PEERS, *after((80, "old", cents), *NEW_TWICE)])["expands"] for cents in held]
    assert found == [0, 1]


@pytest.mark.parametrize(
    ("needed", "category", "label"), [(2, "c", 1), (3, "c", 0), (3, "another", 1), (4, "another", 0)]
)
def test_an_expansion_counts_for_one_act_and_into_a_new_category_for_two(needed, category, label):
    """Beside staying, ann plans and expands."""
    new = [replace(line, category=category) for line in after(*NEW_TWICE)]
    old = [replace(line, category="c") for line in (*MONTHLY, *PEERS, *after(*STEADY))]
    assert acts([*old, *new], acts_needed=needed)["label"] == label


def test_a_product_bought_long_ago_is_not_new():
    once = Line("ann", "long ago", day(-2000), "new", cents=1)
    assert acts([once, *MONTHLY, *PEERS, *after(*STEADY, *NEW_TWICE)])["expands"] == 0


def test_peers_who_halve_lower_the_bar():
    halved = [replace(line, cents=5_000) if line.day > day(0) else line for line in PEERS]
    quarter = after((15, "old", 2_500), (45, "old", 2_500), (75, "old", 2_500))
    assert (acts([*MONTHLY, *PEERS, *quarter])["stays"], acts([*MONTHLY, *halved, *quarter])["stays"]) == (0, 1)


def test_thresholds_are_configured():
    lines = [*MONTHLY, *PEERS, *after((15, "old", 9_000))]
    found = [acts(lines, stays_share=share)["stays"] for share in (0.3, 0.31)]
    assert found == [1, 0]


@pytest.mark.parametrize(
    ("horizon", "months_before", "months_after"),
    [(90, 4, 1), (180, 6, 3), (108, 8, 2), (216, 12, 7), (252, 3, 2), (365, 6, 6)],
)
def test_exactly_as_regular_as_before_is_regular_at_every_horizon(horizon, months_before, months_after):
    """The shares are equal in whole numbers, though not always when divided in floating point."""
    assert months_after * 12 == months_before * (horizon // 30)
    lines = [LONG_AGO, *MONTHLY[:months_before], *PEERS]
    ordered = [(horizon - 1 - 30 * month, "old", 10_000) for month in range(months_after)]
    found = [acts([*lines, *after(*orders)], horizon=horizon)["plans"] for orders in (ordered, ordered[1:])]
    assert found == [1, 0]


@pytest.mark.parametrize(
    ("known", "spent", "stays"),
    [
        (100, 9_126, 1),  # 3 orders on 100 days, of which 2 count: 180 in 90 days, half of it 90
        (100, 9_124, 0),
        (40, 10_139, 1),  # 2 of 3 on 40 days are taken as on 90: 200, half of it 100
        (40, 10_138, 0),
        (365, 2_501, 1),  # 2 of 3 on 365 days: 49.32
        (365, 2_499, 0),
        (366, 3_751, 1),  # the first order lies before the year: its 3 orders all count, 73.97
        (366, 3_749, 0),
    ],
)
def test_a_young_customer_is_held_to_the_pace_of_the_days_it_was_seen(known, spent, stays):
    """Peers keep 1.0139 times theirs: 3 orders in 90 days after 12 in the year."""
    before = [
        replace(LONG_AGO, order=str(ago), day=day(-ago)) for ago in {known, 30, 20, *({10} if known > 365 else ())}
    ]
    assert acts([*before, *STEADY_PEERS, *after((5, "old", spent))])["stays"] == stays


@pytest.mark.parametrize(
    ("ordered", "months_after", "plans"),
    [
        ((115, 80, 20), 2, 1),  # after the month of the first order 2 months of 3 hold an order
        ((115, 80, 20), 1, 0),
        ((115, 110, 95), 0, 1),  # none of 3
        ((85, 40, 35), 3, 1),  # 1 month of 2, and one more as among peers, who order in every month
        ((85, 40, 35), 2, 1),
        ((85, 40, 35), 1, 0),
        ((25, 20, 15), 3, 1),  # no month was seen to its end: held to what peers do
        ((25, 20, 15), 2, 0),
    ],
)
def test_a_young_customer_is_held_to_the_months_it_was_seen(ordered, months_after, plans):
    before = [replace(LONG_AGO, order=str(ago), day=day(-ago)) for ago in ordered]
    bought = [(89 - 30 * month, "old", 100) for month in range(months_after)]
    assert acts([*before, *STEADY_PEERS, *after(*bought)])["plans"] == plans


def test_a_month_that_the_outcome_window_cuts_short_does_not_make_up_for_a_whole_one():
    """Of 100 days the first ten are no month; three of three are asked for."""
    lines = [LONG_AGO, *MONTHLY, *PEERS]
    found = [
        acts([*lines, *after(*((on, "old", 100) for on in days))], horizon=100)["plans"]
        for days in ((5, 15, 45), (15, 45, 75))
    ]
    assert found == [0, 1]


@pytest.mark.parametrize(
    ("lacking", "orders", "expected"),
    [
        ("net_amount", STEADY, {"stays": np.nan, "expands": 0, "plans": 1, "label": 0}),
        ("net_amount", (*STEADY, *NEW_TWICE), {"stays": np.nan, "expands": np.nan, "label": np.nan}),
        ("net_amount", (), {"stays": 0, "label": 0}),
        ("product_id", (*STEADY, *NEW_TWICE), {"stays": 1, "expands": np.nan, "label": np.nan}),
        ("product_id", (), {"stays": 0, "label": 0}),
    ],
)
def test_an_act_that_cannot_be_observed_is_null_and_the_label_too_unless_another_act_decides(lacking, orders, expected):
    found = acts([*MONTHLY, *PEERS, *after(*orders)], has=EVERYTHING - {lacking})
    assert {name: found[name] for name in expected} == pytest.approx(expected, nan_ok=True)


def test_silence_is_the_one_act_of_churn():
    target = silence()
    assert (target.name, target.kind, list(target.acts), target.label) == (
        "silence",
        "churn",
        ["silent"],
        target.acts["silent"],
    )


@pytest.mark.parametrize(
    "target", [partnership(), *(made() for made in CHURN.values())], ids=lambda target: target.name
)
def test_description_is_a_sentence(target):
    assert target.description[0].isupper() and target.description.endswith(".")


def test_partnership_is_not_silence_upside_down():
    found = acts([*MONTHLY, *PEERS, *after(*STEADY)])
    assert (found["stays"], found["label"]) == (1, 0)
